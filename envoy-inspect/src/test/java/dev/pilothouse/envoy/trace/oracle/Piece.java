package dev.pilothouse.envoy.trace.oracle;

import java.util.List;
import java.util.function.Consumer;

/**
 * A part of a route's match.
 *
 * @param path the fields about the path; empty for any path
 * @param rest other fields; empty for none
 * @param satisfy makes a request match it
 * @param spoil changes of a request that matched; most of them make it miss
 */
record Piece(String path, String rest, Consumer<Draft> satisfy, List<Consumer<Draft>> spoil) {
  /** The match, as JSON. */
  String match() {
    String where = path.isEmpty() ? "\"prefix\": \"/\"" : path;
    return "{" + where + (rest.isEmpty() ? "" : ", " + rest) + "}";
  }
}
