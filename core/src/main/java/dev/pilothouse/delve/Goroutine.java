package dev.pilothouse.delve;

import java.util.Map;

/**
 * A goroutine.
 *
 * @param id its number
 * @param location where it is, calls inside Go's runtime left out
 * @param current where it is, in the runtime perhaps
 * @param startedAt the {@code go} statement that started it
 * @param running whether a thread ran it
 * @param labels its pprof labels
 */
public record Goroutine(
    long id,
    SourceLocation location,
    SourceLocation current,
    SourceLocation startedAt,
    boolean running,
    Map<String, String> labels) {
  /** Copies the labels. */
  public Goroutine {
    labels = Map.copyOf(labels);
  }
}
