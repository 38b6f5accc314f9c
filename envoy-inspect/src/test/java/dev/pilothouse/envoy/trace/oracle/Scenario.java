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
 * @param clusters clusters of servers that the listener sends to, as JSON; empty for none
 * @param pairs connections arrive at {@link #ENTRY}
 */
record Scenario(
    String kind,
    String listener,
    String listenerFilters,
    List<String> others,
    List<String> clusters,
    List<Pair> pairs) {
  /** Stands for the name that the listener gets; also allowed in the JSON. */
  static final String ENTRY = "ENTRY";

  /** Whether its chains say their names, whatever they are sent. */
  boolean speaks() {
    return listener.contains("filters.network.direct_response") || listener.contains("tcp_proxy");
  }

  Scenario(
      String kind, String listener, String listenerFilters, List<String> others, List<Pair> pairs) {
    this(kind, listener, listenerFilters, others, List.of(), pairs);
  }

  /** Whether its chains terminate TLS. */
  boolean terminates() {
    return listener.contains("DownstreamTlsContext");
  }

  static Scenario backed(String kind, String listener, List<String> clusters, List<Pair> pairs) {
    return new Scenario(kind, listener, "", List.of(), clusters, pairs);
  }

  static Scenario of(String kind, String listener, List<Pair> pairs) {
    return new Scenario(kind, listener, "", List.of(), pairs);
  }
}
