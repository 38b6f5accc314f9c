package dev.pilothouse.envoy.trace.oracle;

import java.util.List;

/**
 * A listener and the questions about it.
 *
 * @param kind the match kind that it is about
 * @param listener the JSON of the listener's fields, without name, address and PROXY protocol
 * @param listenerFilters the JSON of listener filters behind the PROXY protocol, each followed by a
 *     comma
 * @param others whole listeners beside it, as JSON
 * @param pairs connections arrive at {@link #ENTRY}
 */
record Scenario(
    String kind, String listener, String listenerFilters, List<String> others, List<Pair> pairs) {
  /** Stands for the name that the listener gets; also allowed in the JSON. */
  static final String ENTRY = "ENTRY";

  /** Whether its chains say their names, whatever they are sent. */
  boolean speaks() {
    return listener.contains("filters.network.direct_response") || listener.contains("tcp_proxy");
  }

  static Scenario of(String kind, String listener, List<Pair> pairs) {
    return new Scenario(kind, listener, "", List.of(), pairs);
  }
}
