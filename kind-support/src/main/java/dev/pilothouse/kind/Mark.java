package dev.pilothouse.kind;

import dev.pilothouse.cluster.Lifetime;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Says on a node who made it and for what. kind takes no labels for its containers, but mounts:
 * ours mounts {@code /dev/null}, read-only, to a path that holds what a label would. So a node is
 * marked from its first moment, and the mark goes with it.
 *
 * @param scope tells users and roots of run directories apart
 * @param run the id of the run directory of the handle that made it
 * @param lifetime whether it ends with that handle
 * @param request a hash of the request
 */
record Mark(String scope, String run, Lifetime lifetime, String request) {
  /** What is mounted: it is there on every Linux. */
  static final String SOURCE = "/dev/null";

  /** The folder of the nodes that is ours. */
  static final String FOLDER = "/pilothouse";

  private static final int PARTS = 4;

  /** The path in the node. */
  String path() {
    String life = lifetime.name().toLowerCase(Locale.ROOT);
    return String.join("/", FOLDER, scope, run, life, request);
  }

  /** Reads a mount's path; empty if it is none of ours. */
  static Optional<Mark> parse(String path) {
    if (!path.startsWith(FOLDER + "/")) {
      return Optional.empty();
    }
    List<String> parts = List.of(path.substring(FOLDER.length() + 1).split("/", -1));
    if (parts.size() != PARTS) {
      return Optional.empty();
    }
    for (Lifetime lifetime : Lifetime.values()) {
      if (parts.get(2).equals(lifetime.name().toLowerCase(Locale.ROOT))) {
        return Optional.of(new Mark(parts.get(0), parts.get(1), lifetime, parts.get(3)));
      }
    }
    return Optional.empty();
  }
}
