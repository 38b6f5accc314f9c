package dev.pilothouse.source;

import java.util.List;

/**
 * A folder or file of Istio's source, and what it is.
 *
 * @param path relative to Istio's root, as {@code pilot/pkg/xds}
 * @param what what it is for, in a few words
 * @param present whether this tree has it
 * @param movedTo where this tree has a folder or file of the same name near by, when it is not at
 *     {@code path}; empty when there is none
 */
public record SourcePlace(String path, String what, boolean present, List<String> movedTo) {
  /** Copies the list. */
  public SourcePlace {
    movedTo = List.copyOf(movedTo);
  }
}
