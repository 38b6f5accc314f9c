package dev.pilothouse.kind;

import java.util.List;

/**
 * An image in a node's containerd.
 *
 * @param id the digest of its configuration, as {@code sha256:6b0c…}: the image's id in Docker too
 * @param tags its names, as {@code localhost/pilot:dev-1763798400}; empty when it lost them
 * @param size its size in bytes, to four digits
 */
public record NodeImage(String id, List<String> tags, long size) {
  /** Copies the list. */
  public NodeImage {
    tags = List.copyOf(tags);
  }
}
