package dev.pilothouse.envoy.trace;

import dev.pilothouse.envoy.trace.FilterChainIndex.Walk;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch.ConnectionSourceType;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The filter chains of a listener, as Envoy arranges them: one level for each thing it asks. */
final class FilterChainTree {
  private static final FilterChainLevel[] LEVELS = FilterChainLevel.values();

  private static final class Node {
    final Map<Object, Node> children = new HashMap<>();
    @Nullable CidrMap<Object> ranges;
    boolean twice;
    @Nullable FilterChainEntry chain;
  }

  private final Node root = new Node();

  FilterChainTree(List<FilterChainEntry> chains) {
    for (FilterChainEntry chain : chains) {
      add(root, 0, chain);
    }
  }

  private static void add(Node node, int level, FilterChainEntry chain) {
    if (level == LEVELS.length) {
      if (node.chain == null) { // Envoy refuses a second one
        node.chain = chain;
      }
      return;
    }
    for (Object wanted : chain.wanted(LEVELS[level])) {
      if (LEVELS[level].addresses()) {
        addRange(node, wanted);
      }
      add(node.children.computeIfAbsent(wanted, w -> new Node()), level + 1, chain);
    }
  }

  private static void addRange(Node node, Object wanted) {
    CidrMap<Object> ranges = node.ranges == null ? new CidrMap<>() : node.ranges;
    node.ranges = ranges;
    if (wanted instanceof Cidr range) {
      node.twice |= !ranges.put(range, range);
    } else {
      boolean v4 = ranges.put(Cidr.of("0.0.0.0", 0), wanted);
      boolean v6 = ranges.put(Cidr.of("::", 0), wanted);
      node.twice |= !v4 || !v6;
    }
  }

  Walk find(Seen seen) {
    Map<FilterChainLevel, Object> taken = new EnumMap<>(FilterChainLevel.class);
    Node node = root;
    for (FilterChainLevel level : LEVELS) {
      Object key;
      if (level.addresses()) {
        Ip address = address(level, seen);
        if (address == null) {
          if (node.children.size() > 1 || !node.children.containsKey(FilterChainLevel.ANY)) {
            return new Walk(null, taken, "the connection's " + level.text() + " is not given");
          }
          key = FilterChainLevel.ANY;
        } else {
          key = node.ranges == null ? null : node.ranges.longest(address);
          if (node.twice && (FilterChainLevel.ANY.equals(key) || isAll(key))) {
            return new Walk(
                null,
                taken,
                "one filter chain has all addresses as its "
                    + level.text()
                    + ", another names none: Envoy takes either");
          }
        }
      } else if (level == FilterChainLevel.SOURCE_TYPE && typed(node) && seen.source() == null) {
        return new Walk(null, taken, "the connection's source is not given");
      } else if (level == FilterChainLevel.SOURCE_PORT
          && seen.sourcePort() == 0
          && (node.children.size() > 1 || !node.children.containsKey(FilterChainLevel.ANY))) {
        return new Walk(null, taken, "the connection's source port is not given");
      } else {
        key = key(level, node.children, seen);
      }
      Node next = key == null ? null : node.children.get(key);
      if (key == null || next == null) {
        return new Walk(null, taken, "");
      }
      taken.put(level, key);
      node = next;
    }
    return new Walk(node.chain, taken, "");
  }

  private static boolean isAll(@Nullable Object key) {
    return key instanceof Cidr range && range.length() == 0;
  }

  private static boolean typed(Node node) {
    return node.children.size() > 1 || !node.children.containsKey(FilterChainLevel.ANY);
  }

  private static @Nullable Ip address(FilterChainLevel level, Seen seen) {
    return switch (level) {
      case DESTINATION -> seen.destination();
      case DIRECT_SOURCE -> seen.directSource();
      default -> seen.source();
    };
  }

  /** The most specific value that is there and fits. */
  private static @Nullable Object key(
      FilterChainLevel level, Map<Object, Node> children, Seen seen) {
    Object any = children.containsKey(FilterChainLevel.ANY) ? FilterChainLevel.ANY : null;
    switch (level) {
      case DESTINATION_PORT -> {
        return children.containsKey(seen.destinationPort()) ? (Object) seen.destinationPort() : any;
      }
      case SERVER_NAME -> {
        String name = seen.serverName();
        if (!name.isEmpty() && children.containsKey(name)) {
          return name;
        }
        for (int dot = name.indexOf('.', 1);
            dot > 0 && dot < name.length() - 1;
            dot = name.indexOf('.', dot + 1)) {
          if (children.containsKey(name.substring(dot))) {
            return name.substring(dot);
          }
        }
        return any;
      }
      case TRANSPORT_PROTOCOL -> {
        return children.containsKey(seen.transportProtocol()) ? seen.transportProtocol() : any;
      }
      case APPLICATION_PROTOCOL -> {
        for (String protocol : seen.applicationProtocols()) {
          if (children.containsKey(protocol)) {
            return protocol;
          }
        }
        return any;
      }
      case SOURCE_TYPE -> {
        ConnectionSourceType type =
            seen.local() == Verdict.YES
                ? ConnectionSourceType.SAME_IP_OR_LOOPBACK
                : ConnectionSourceType.EXTERNAL;
        return children.containsKey(type) ? type : any;
      }
      default -> {
        return children.containsKey(seen.sourcePort()) ? (Object) seen.sourcePort() : any;
      }
    }
  }
}
