package dev.pilothouse.envoy.trace;

import io.envoyproxy.envoy.config.core.v3.CidrRange;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch.ConnectionSourceType;
import java.util.ArrayList;
import java.util.List;

/**
 * What filter chains are matched by, in the order in which Envoy asks. Each step is final: Envoy
 * takes the most specific value and never comes back to try a wider one.
 */
enum FilterChainLevel {
  DESTINATION_PORT("destination port"),
  DESTINATION("destination"),
  SERVER_NAME("server name"),
  TRANSPORT_PROTOCOL("transport protocol"),
  APPLICATION_PROTOCOL("application protocol"),
  DIRECT_SOURCE("direct source"),
  SOURCE_TYPE("source type"),
  SOURCE("source"),
  SOURCE_PORT("source port");

  /** What a chain that does not care about a level stands under. */
  static final Object ANY = "any";

  private final String text;

  FilterChainLevel(String text) {
    this.text = text;
  }

  String text() {
    return text;
  }

  boolean addresses() {
    return this == DESTINATION || this == DIRECT_SOURCE || this == SOURCE;
  }

  /** The values that a chain asks for; {@link #ANY} alone when it does not care. */
  List<Object> wanted(FilterChainMatch match) {
    List<Object> wanted = new ArrayList<>();
    switch (this) {
      case DESTINATION_PORT -> {
        if (match.getDestinationPort().getValue() != 0) {
          wanted.add(match.getDestinationPort().getValue());
        }
      }
      case DESTINATION -> wanted.addAll(ranges(match.getPrefixRangesList()));
      case SERVER_NAME -> {
        for (String name : match.getServerNamesList()) {
          String lower = Ascii.lower(name);
          wanted.add(lower.startsWith("*.") ? lower.substring(1) : lower);
        }
      }
      case TRANSPORT_PROTOCOL -> {
        if (!match.getTransportProtocol().isEmpty()) {
          wanted.add(match.getTransportProtocol());
        }
      }
      case APPLICATION_PROTOCOL -> wanted.addAll(match.getApplicationProtocolsList());
      case DIRECT_SOURCE -> wanted.addAll(ranges(match.getDirectSourcePrefixRangesList()));
      case SOURCE_TYPE -> {
        if (match.getSourceType() != ConnectionSourceType.ANY) {
          wanted.add(match.getSourceType());
        }
      }
      case SOURCE -> wanted.addAll(ranges(match.getSourcePrefixRangesList()));
      case SOURCE_PORT -> wanted.addAll(match.getSourcePortsList());
    }
    return wanted.isEmpty() ? List.of(ANY) : wanted;
  }

  private static List<Cidr> ranges(List<CidrRange> ranges) {
    return ranges.stream()
        .map(range -> Cidr.of(range.getAddressPrefix(), range.getPrefixLen().getValue()))
        .toList();
  }

  /** What a connection shows, for people. */
  String shown(Seen seen) {
    return switch (this) {
      case DESTINATION_PORT -> Integer.toString(seen.destinationPort());
      case DESTINATION -> seen.destination().toString();
      case SERVER_NAME -> seen.serverName().isEmpty() ? "none" : seen.serverName();
      case TRANSPORT_PROTOCOL -> seen.transportProtocol();
      case APPLICATION_PROTOCOL ->
          seen.applicationProtocols().isEmpty() ? "none" : seen.applicationProtocols().toString();
      case DIRECT_SOURCE -> String.valueOf(seen.directSource());
      case SOURCE_TYPE -> seen.local() == Verdict.YES ? "SAME_IP_OR_LOOPBACK" : "EXTERNAL";
      case SOURCE -> String.valueOf(seen.source());
      case SOURCE_PORT -> Integer.toString(seen.sourcePort());
    };
  }

  /** Whether a connection fits one wanted value, however specific others are. */
  boolean fits(Object wanted, Seen seen) {
    if (wanted.equals(ANY)) {
      return true;
    }
    return switch (this) {
      case DESTINATION_PORT -> wanted.equals(seen.destinationPort());
      case DESTINATION -> ((Cidr) wanted).contains(seen.destination());
      case SERVER_NAME ->
          seen.serverName().equals(wanted)
              || (wanted.toString().startsWith(".")
                  && seen.serverName().endsWith(wanted.toString()));
      case TRANSPORT_PROTOCOL -> seen.transportProtocol().equals(wanted);
      case APPLICATION_PROTOCOL -> seen.applicationProtocols().contains(wanted.toString());
      case DIRECT_SOURCE ->
          seen.directSource() != null && ((Cidr) wanted).contains(seen.directSource());
      case SOURCE_TYPE ->
          seen.local() == Verdict.of(wanted == ConnectionSourceType.SAME_IP_OR_LOOPBACK);
      case SOURCE -> seen.source() != null && ((Cidr) wanted).contains(seen.source());
      case SOURCE_PORT -> wanted.equals(seen.sourcePort());
    };
  }

  /** A wanted value for people. */
  String say(Object wanted) {
    if (this == SERVER_NAME && wanted.toString().startsWith(".")) {
      return "*" + wanted;
    }
    return wanted.toString();
  }
}
