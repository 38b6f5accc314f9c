package dev.pilothouse.envoy.trace;

import dev.pilothouse.envoy.EnvoyConfigException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connection as Envoy sees it once its listener filters have run: where it was meant to go, where
 * it came from, and what its first bytes show. Immutable; each method returns a changed copy.
 *
 * <pre>{@code
 * Connection.outbound("10.96.0.7", 443).from("10.1.0.9", 40000).tls("httpbin.org", "h2");
 * }</pre>
 *
 * @param capture how it came to Envoy
 * @param listener the name of the listener that it arrives at; empty when that follows from the
 *     addresses
 * @param destination the IP address that it was meant for, before any redirection
 * @param destinationPort the port that it was meant for
 * @param source the IP address that it came from, as the PROXY protocol may tell; null for unknown
 * @param sourcePort its port; 0 for unknown
 * @param directSource the IP address of the last hop, often the same as {@code source}; null for
 *     unknown
 * @param encrypted whether the client speaks TLS
 * @param serverName the TLS server name (SNI); empty for none
 * @param applicationProtocols what the client offers in TLS (ALPN), in its order
 * @param certificate whether the client shows a certificate
 */
public record Connection(
    Capture capture,
    String listener,
    String destination,
    int destinationPort,
    @Nullable String source,
    int sourcePort,
    @Nullable String directSource,
    boolean encrypted,
    String serverName,
    List<String> applicationProtocols,
    ClientCertificate certificate) {

  /** How a connection came to Envoy. */
  public enum Capture {
    /** It was made to an address that Envoy listens on. */
    DIRECT,
    /** It left the workload, and was redirected to Envoy's outbound listener. */
    OUTBOUND,
    /** It arrived for the workload, and was redirected to Envoy's inbound listener. */
    INBOUND
  }

  /** Whether a client shows a certificate, if Envoy asks for one. */
  public enum ClientCertificate {
    /** It has none. */
    NONE,
    /** It has one, of which nobody says whether Envoy trusts it. */
    PRESENTED,
    /** It has one that Envoy trusts. */
    VALID,
    /** It has one that Envoy does not trust, as one that somebody else has signed. */
    INVALID
  }

  /**
   * Checks the addresses and copies the list.
   *
   * @throws EnvoyConfigException if an address is not an IP address, or a port not one of 0 to
   *     65535
   */
  public Connection {
    Ip.parse(destination);
    if (source != null) {
      Ip.parse(source);
    }
    if (directSource != null) {
      Ip.parse(directSource);
    }
    if (Math.min(destinationPort, sourcePort) < 0
        || Math.max(destinationPort, sourcePort) > 65535) {
      throw new EnvoyConfigException(
          "describing a connection", "a port is from 0 to 65535", "", null);
    }
    applicationProtocols = List.copyOf(applicationProtocols);
  }

  /**
   * A connection to an address that Envoy listens on, as to a gateway.
   *
   * @param address an IP address
   * @param port the port
   * @return the connection; plain text, its source unknown
   * @throws EnvoyConfigException if that is not an IP address and a port
   */
  public static Connection to(String address, int port) {
    return of(Capture.DIRECT, address, port);
  }

  /**
   * A connection of the workload to somewhere else, which was redirected to its sidecar.
   *
   * @param address the IP address that the workload meant, as a service's
   * @param port the port that it meant
   * @return the connection; plain text, its source unknown
   * @throws EnvoyConfigException if that is not an IP address and a port
   */
  public static Connection outbound(String address, int port) {
    return of(Capture.OUTBOUND, address, port);
  }

  /**
   * A connection of somebody else to the workload, which was redirected to its sidecar.
   *
   * @param address the workload's IP address
   * @param port the workload's port
   * @return the connection; plain text, its source unknown
   * @throws EnvoyConfigException if that is not an IP address and a port
   */
  public static Connection inbound(String address, int port) {
    return of(Capture.INBOUND, address, port);
  }

  /**
   * Says which listener it arrives at, where addresses do not tell: behind a PROXY protocol, or
   * inside Envoy.
   *
   * @param name the listener's name
   * @return a copy that arrives there, still meant for its destination
   */
  public Connection at(String name) {
    return new Connection(
        capture,
        name,
        destination,
        destinationPort,
        source,
        sourcePort,
        directSource,
        encrypted,
        serverName,
        applicationProtocols,
        certificate);
  }

  private static Connection of(Capture capture, String address, int port) {
    return new Connection(
        capture, "", address, port, null, 0, null, false, "", List.of(), ClientCertificate.NONE);
  }

  /**
   * Says where it came from.
   *
   * @param address an IP address
   * @param port the port; 0 for unknown
   * @return a copy with this source, also as the direct one
   * @throws EnvoyConfigException if that is not an IP address and a port
   */
  public Connection from(String address, int port) {
    return new Connection(
        capture,
        listener,
        destination,
        destinationPort,
        address,
        port,
        address,
        encrypted,
        serverName,
        applicationProtocols,
        certificate);
  }

  /**
   * Says what the last hop was, where the source is what a PROXY protocol header tells.
   *
   * @param address an IP address
   * @return a copy with this direct source
   * @throws EnvoyConfigException if that is not an IP address
   */
  public Connection by(String address) {
    return new Connection(
        capture,
        listener,
        destination,
        destinationPort,
        source,
        sourcePort,
        address,
        encrypted,
        serverName,
        applicationProtocols,
        certificate);
  }

  /**
   * Makes it one with TLS.
   *
   * @param name the server name that the client asks for; empty for none
   * @param protocols what it offers by ALPN, as {@code h2}
   * @return a copy with TLS
   */
  public Connection tls(String name, String... protocols) {
    return new Connection(
        capture,
        listener,
        destination,
        destinationPort,
        source,
        sourcePort,
        directSource,
        true,
        name,
        List.of(protocols),
        certificate);
  }

  /**
   * Says whether the client shows a certificate.
   *
   * @param shown whether, and of what worth
   * @return a copy with that
   */
  public Connection certificate(ClientCertificate shown) {
    return new Connection(
        capture,
        listener,
        destination,
        destinationPort,
        source,
        sourcePort,
        directSource,
        encrypted,
        serverName,
        applicationProtocols,
        shown);
  }

  /** One line: from where to where, and its TLS. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    if (capture != Capture.DIRECT) {
      text.append(capture == Capture.INBOUND ? "inbound " : "outbound ");
    }
    if (source != null) {
      text.append(Ip.withPort(source, sourcePort)).append(' ');
    }
    text.append("→ ").append(Ip.withPort(destination, destinationPort));
    if (encrypted) {
      text.append(" TLS");
      text.append(serverName.isEmpty() ? "" : " " + serverName);
      text.append(applicationProtocols.isEmpty() ? "" : " " + applicationProtocols);
    }
    return text.toString();
  }
}
