package dev.pilothouse.envoy.assertj;

import com.google.protobuf.Any;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.extensions.transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport;
import io.envoyproxy.envoy.extensions.transport_sockets.quic.v3.QuicDownstreamTransport;
import io.envoyproxy.envoy.extensions.transport_sockets.quic.v3.QuicUpstreamTransport;
import io.envoyproxy.envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer;
import io.envoyproxy.envoy.extensions.transport_sockets.tap.v3.Tap;
import io.envoyproxy.envoy.extensions.transport_sockets.tcp_stats.v3.Config;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a transport socket does for security.
 *
 * @param tls whether it encrypts
 * @param requiresClientCertificate whether clients must show a certificate
 * @param sni the server name that it asks for, towards endpoints
 * @param common the rest of its TLS context, or null for plain text
 */
record TransportSecurity(
    boolean tls, boolean requiresClientCertificate, String sni, @Nullable CommonTlsContext common) {
  static final TransportSecurity PLAINTEXT = new TransportSecurity(false, false, "", null);

  /** Looks through sockets that wrap others. */
  static TransportSecurity of(TransportSocket socket, Function<String, AssertionError> undecided) {
    Any config = socket.getTypedConfig();
    if (config.is(UpstreamTlsContext.class)) {
      return of(Deep.unpack(config, UpstreamTlsContext.class));
    }
    if (config.is(DownstreamTlsContext.class)) {
      return of(Deep.unpack(config, DownstreamTlsContext.class));
    }
    if (config.is(QuicUpstreamTransport.class)) {
      return of(Deep.unpack(config, QuicUpstreamTransport.class).getUpstreamTlsContext());
    }
    if (config.is(QuicDownstreamTransport.class)) {
      return of(Deep.unpack(config, QuicDownstreamTransport.class).getDownstreamTlsContext());
    }
    if (config.is(RawBuffer.class)) {
      return PLAINTEXT;
    }
    if (config.is(ProxyProtocolUpstreamTransport.class)) {
      return of(
          Deep.unpack(config, ProxyProtocolUpstreamTransport.class).getTransportSocket(),
          undecided);
    }
    if (config.is(Tap.class)) {
      return of(Deep.unpack(config, Tap.class).getTransportSocket(), undecided);
    }
    if (config.is(Config.class)) {
      return of(Deep.unpack(config, Config.class).getTransportSocket(), undecided);
    }
    throw undecided.apply(
        "nothing is known of its transport socket %s %s"
            .formatted(socket.getName(), Deep.typeUrl(config)));
  }

  boolean hasClientCertificate() {
    return common != null
        && (common.getTlsCertificatesCount() > 0
            || common.getTlsCertificateSdsSecretConfigsCount() > 0
            || common.hasTlsCertificateProviderInstance());
  }

  private static TransportSecurity of(UpstreamTlsContext tls) {
    return new TransportSecurity(true, false, tls.getSni(), tls.getCommonTlsContext());
  }

  private static TransportSecurity of(DownstreamTlsContext tls) {
    return new TransportSecurity(
        true, tls.getRequireClientCertificate().getValue(), "", tls.getCommonTlsContext());
  }
}
