package dev.pilothouse.envoy.trace;

import com.google.protobuf.Any;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A route configuration, compiled: virtual hosts by what their domains are. */
final class RouteTable {
  private final RouteConfiguration config;
  private final String pointer;
  private final String unknown;
  private final List<HostEntry> hosts = new ArrayList<>();
  private final Map<String, HostEntry> exact = new HashMap<>();
  private final Map<Integer, Map<String, HostEntry>> suffixes = longestFirst();
  private final Map<Integer, Map<String, HostEntry>> prefixes = longestFirst();
  private @Nullable HostEntry all;

  RouteTable(
      RouteConfiguration config,
      String pointer,
      ClusterIndex clusters,
      RuntimeSettings runtime,
      UnknownParts unknownParts) {
    this.config = config;
    this.pointer = pointer;
    String newer = unknownParts.field(pointer, List.of("vhost_header", "route_specifiers"));
    this.unknown = newer.isEmpty() ? "" : newer + " is newer than this library";
    String at = pointer + unknownParts.spelled("/virtual_hosts/");
    for (int i = 0; i < config.getVirtualHostsCount(); i++) {
      VirtualHost host = config.getVirtualHosts(i);
      TableContext context = new TableContext(config, host, clusters, runtime, unknownParts);
      HostEntry entry = new HostEntry(host, at + i, context);
      hosts.add(entry);
      host.getDomainsList().forEach(domain -> add(Ascii.lower(domain), entry));
    }
  }

  private static Map<Integer, Map<String, HostEntry>> longestFirst() {
    return new TreeMap<>(Comparator.reverseOrder());
  }

  private void add(String domain, HostEntry entry) {
    int length = domain.length() - 1;
    if (domain.equals("*")) {
      all = all == null ? entry : all;
    } else if (domain.startsWith("*")) {
      suffixes
          .computeIfAbsent(length, l -> new HashMap<>())
          .putIfAbsent(domain.substring(1), entry);
    } else if (domain.endsWith("*")) {
      prefixes
          .computeIfAbsent(length, l -> new HashMap<>())
          .putIfAbsent(domain.substring(0, length), entry);
    } else {
      exact.putIfAbsent(domain, entry);
    }
  }

  String name() {
    return config.getName();
  }

  String pointer() {
    return pointer;
  }

  /** Why nobody can tell which virtual host is taken; empty when that can be told. */
  String unknown() {
    return unknown;
  }

  /** Whether more virtual hosts come when they are asked for. */
  boolean onDemand() {
    return config.hasVhds();
  }

  /**
   * A virtual host by its place.
   *
   * @throws IllegalArgumentException if there is none
   */
  HostEntry host(String at) {
    for (HostEntry host : hosts) {
      if (host.pointer().equals(at)) {
        return host;
      }
    }
    throw new IllegalArgumentException("the route configuration has no virtual host at " + at);
  }

  List<HostEntry> hosts() {
    return hosts;
  }

  Map<String, Any> perFilter() {
    return config.getTypedPerFilterConfigMap();
  }

  /** The host as it is compared with domains. */
  String compared(String authority) {
    String host = authority;
    if (config.getIgnorePortInHostMatching()) {
      int port = Hosts.portStart(host);
      host = port < 0 ? host : host.substring(0, port);
    }
    return Ascii.lower(host);
  }

  @Nullable HostEntry find(String authority) {
    if (exact.isEmpty() && suffixes.isEmpty() && prefixes.isEmpty()) {
      return all;
    }
    String host = compared(authority);
    HostEntry found = exact.get(host);
    if (found == null) {
      found = wildcard(suffixes, host, true);
    }
    if (found == null) {
      found = wildcard(prefixes, host, false);
    }
    return found == null ? all : found;
  }

  /** The star stands for at least one character. */
  private static @Nullable HostEntry wildcard(
      Map<Integer, Map<String, HostEntry>> byLength, String host, boolean suffix) {
    for (Map.Entry<Integer, Map<String, HostEntry>> entry : byLength.entrySet()) {
      int length = entry.getKey();
      if (length < host.length()) {
        String part = suffix ? host.substring(host.length() - length) : host.substring(0, length);
        HostEntry found = entry.getValue().get(part);
        if (found != null) {
          return found;
        }
      }
    }
    return null;
  }
}
