package dev.pilothouse.envoy.trace;

import dev.pilothouse.envoy.ListenerResource;
import dev.pilothouse.envoy.Owner;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.core.v3.TrafficDirection;
import io.envoyproxy.envoy.config.listener.v3.AdditionalAddress;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.listener.v3.ListenerFilter;
import io.envoyproxy.envoy.config.listener.v3.ListenerFilterChainMatchPredicate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A listener, compiled. */
final class ListenerEntry {
  /**
   * An address of a listener.
   *
   * @param every whether it stands for all addresses of the machine
   * @param both whether one of version 6 takes connections of version 4 too
   */
  record Bound(Ip ip, int port, boolean every, boolean both) {}

  private static final Set<String> KNOWN =
      Set.of(
          "envoy.filters.listener.original_dst",
          "envoy.filters.listener.tls_inspector",
          "envoy.filters.listener.http_inspector",
          "envoy.filters.listener.proxy_protocol",
          "envoy.filters.listener.local_ratelimit");

  private final String name;
  private final String pointer;
  private final @Nullable Owner owner;
  private final TrafficDirection direction;
  private final boolean bound;
  private final boolean handsOff;
  private final boolean redirected;
  private final List<Bound> addresses = new ArrayList<>();
  private final @Nullable ListenerFilter tlsInspector;
  private final @Nullable ListenerFilter httpInspector;
  private final boolean injectsTlsInspector;
  private final FilterChainIndex chains;
  private final List<FilterChainEntry> entries = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  ListenerEntry(ListenerResource resource, RuntimeSettings runtime) {
    Listener listener = resource.message(Listener.class);
    UnknownParts unknown = new UnknownParts(resource);
    this.name = resource.name().isEmpty() ? listener.getName() : resource.name();
    this.pointer = resource.pointer();
    this.owner = Owners.of(listener.getMetadata());
    this.direction = listener.getTrafficDirection();
    this.bound = bound(listener);
    this.handsOff = listener.getUseOriginalDst().getValue();
    this.redirected = handsOff || find(listener, "envoy.filters.listener.original_dst") != null;
    add(listener.getAddress());
    for (AdditionalAddress more : listener.getAdditionalAddressesList()) {
      add(more.getAddress());
    }
    for (int i = 0; i < listener.getFilterChainsCount(); i++) {
      String at = pointer + unknown.spelled("/filter_chains/") + i;
      entries.add(new FilterChainEntry(listener.getFilterChains(i), at, owner, unknown, runtime));
    }
    FilterChainEntry fallback = null;
    if (listener.hasDefaultFilterChain()) {
      String at = pointer + unknown.spelled("/default_filter_chain");
      fallback =
          new FilterChainEntry(listener.getDefaultFilterChain(), at, owner, unknown, runtime);
    }
    this.chains = new FilterChainIndex(listener, List.copyOf(entries), fallback, unknown, pointer);
    if (fallback != null) {
      entries.add(fallback);
    }
    this.tlsInspector = find(listener, "envoy.filters.listener.tls_inspector");
    this.httpInspector = find(listener, "envoy.filters.listener.http_inspector");
    this.injectsTlsInspector = entries.stream().anyMatch(ListenerEntry::looksAtTls);
    for (ListenerFilter filter : listener.getListenerFiltersList()) {
      if (!KNOWN.contains(filter.getName())) {
        notes.add("the listener filter " + filter.getName() + " may change what is seen");
      }
    }
  }

  @SuppressWarnings("deprecation") // Envoy still takes the old form
  private static boolean bound(Listener listener) {
    boolean old =
        !listener.getDeprecatedV1().hasBindToPort()
            || listener.getDeprecatedV1().getBindToPort().getValue();
    return old && (!listener.hasBindToPort() || listener.getBindToPort().getValue());
  }

  /** Envoy adds the inspector by itself where a filter chain needs it. */
  private static boolean looksAtTls(FilterChainEntry chain) {
    List<Object> any = List.of(FilterChainLevel.ANY);
    List<Object> transport = chain.wanted(FilterChainLevel.TRANSPORT_PROTOCOL);
    return transport.contains("tls")
        || (transport.equals(any)
            && (!chain.wanted(FilterChainLevel.SERVER_NAME).equals(any)
                || !chain.wanted(FilterChainLevel.APPLICATION_PROTOCOL).equals(any)));
  }

  private static @Nullable ListenerFilter find(Listener listener, String filter) {
    for (ListenerFilter candidate : listener.getListenerFiltersList()) {
      String type = NetworkFilters.type(candidate.getTypedConfig());
      String wanted = filter.substring(filter.lastIndexOf('.') + 1);
      if (candidate.getName().equals(filter)
          || type.startsWith("envoy.extensions.filters.listener." + wanted + ".")) {
        return candidate;
      }
    }
    return null;
  }

  private void add(Address address) {
    SocketAddress socket = address.getSocketAddress();
    if (!address.hasSocketAddress() || socket.getProtocol() == SocketAddress.Protocol.UDP) {
      return;
    }
    Ip ip = Ip.parse(socket.getAddress());
    boolean every = ip.high() == 0 && ip.low() == 0;
    addresses.add(new Bound(ip, socket.getPortValue(), every, socket.getIpv4Compat()));
  }

  String name() {
    return name;
  }

  String pointer() {
    return pointer;
  }

  @Nullable Owner owner() {
    return owner;
  }

  TrafficDirection direction() {
    return direction;
  }

  boolean bound() {
    return bound;
  }

  /** Whether it gives connections to the listener of the address that they were meant for. */
  boolean handsOff() {
    return handsOff;
  }

  /** Whether it finds out what address connections were meant for. */
  boolean redirected() {
    return redirected;
  }

  List<Bound> addresses() {
    return addresses;
  }

  FilterChainIndex chains() {
    return chains;
  }

  List<FilterChainEntry> entries() {
    return entries;
  }

  List<String> notes() {
    return notes;
  }

  /** What its listener filters find out. */
  Seen see(Connection connection, @Nullable HttpRequest request) {
    boolean inspects =
        tlsInspector == null ? injectsTlsInspector : enabled(tlsInspector, connection);
    boolean tls = inspects && connection.encrypted();
    List<String> protocols = tls ? connection.applicationProtocols() : List.of();
    if (httpInspector != null
        && !connection.encrypted()
        && request != null
        && enabled(httpInspector, connection)) {
      protocols = List.of(request.protocol() == HttpRequest.Protocol.HTTP_2 ? "h2c" : "http/1.1");
    }
    String source = connection.source();
    String directSource = connection.directSource();
    return new Seen(
        Ip.parse(connection.destination()),
        connection.destinationPort(),
        tls ? Ascii.lower(connection.serverName()) : "",
        tls ? "tls" : "raw_buffer",
        protocols,
        directSource == null ? null : Ip.parse(directSource),
        source == null ? null : Ip.parse(source),
        connection.sourcePort());
  }

  private static boolean enabled(ListenerFilter filter, Connection connection) {
    return !filter.hasFilterDisabled() || !holds(filter.getFilterDisabled(), connection);
  }

  private static boolean holds(ListenerFilterChainMatchPredicate predicate, Connection connection) {
    return switch (predicate.getRuleCase()) {
      case OR_MATCH ->
          predicate.getOrMatch().getRulesList().stream().anyMatch(rule -> holds(rule, connection));
      case AND_MATCH ->
          predicate.getAndMatch().getRulesList().stream().allMatch(rule -> holds(rule, connection));
      case NOT_MATCH -> !holds(predicate.getNotMatch(), connection);
      case ANY_MATCH -> predicate.getAnyMatch();
      case DESTINATION_PORT_RANGE ->
          connection.destinationPort() >= predicate.getDestinationPortRange().getStart()
              && connection.destinationPort() < predicate.getDestinationPortRange().getEnd();
      case RULE_NOT_SET -> false;
    };
  }
}
