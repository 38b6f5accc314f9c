package dev.pilothouse.envoy.trace;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.pilothouse.envoy.Owner;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A filter chain, compiled. */
final class FilterChainEntry {
  /** What a chain expects of the bytes of a connection. */
  enum Transport {
    PLAIN,
    TLS,
    /** A transport socket that is not known here. */
    OTHER
  }

  private final String name;
  private final String pointer;
  private final @Nullable Owner owner;
  private final Map<FilterChainLevel, List<Object>> wanted = new EnumMap<>(FilterChainLevel.class);
  private final Transport transport;
  private final ClientCertificates certificates;
  private final NetworkFilters filters;

  FilterChainEntry(
      FilterChain chain,
      String pointer,
      @Nullable Owner listenerOwner,
      UnknownParts unknown,
      RuntimeSettings runtime) {
    this.name = chain.getName();
    this.pointer = pointer;
    Owner own = Owners.of(chain.getMetadata());
    this.owner = own == null ? listenerOwner : own;
    for (FilterChainLevel level : FilterChainLevel.values()) {
      wanted.put(level, level.wanted(chain.getFilterChainMatch()));
    }
    Any socket = chain.getTransportSocket().getTypedConfig();
    DownstreamTlsContext tls = DownstreamTlsContext.getDefaultInstance();
    if (socket.is(DownstreamTlsContext.class)) {
      this.transport = Transport.TLS;
      tls = unpack(socket, tls);
    } else if (!chain.hasTransportSocket() || socket.getTypeUrl().endsWith(".RawBuffer")) {
      this.transport = Transport.PLAIN;
    } else {
      this.transport = Transport.OTHER;
    }
    this.certificates = ClientCertificates.of(tls);
    this.filters =
        new NetworkFilters(chain.getFiltersList(), pointer + "/filters", unknown, runtime);
  }

  private static DownstreamTlsContext unpack(Any any, DownstreamTlsContext otherwise) {
    try {
      return any.unpack(DownstreamTlsContext.class);
    } catch (InvalidProtocolBufferException e) {
      return otherwise;
    }
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

  List<Object> wanted(FilterChainLevel level) {
    return Objects.requireNonNull(wanted.get(level));
  }

  Transport transport() {
    return transport;
  }

  /** What it does with the certificates of clients; nothing without TLS. */
  ClientCertificates certificates() {
    return certificates;
  }

  NetworkFilters filters() {
    return filters;
  }

  NearMiss nearMiss(String reason) {
    return new NearMiss(Decision.Kind.FILTER_CHAIN, name, pointer, reason);
  }
}
