package dev.pilothouse.envoy.xds;

import dev.pilothouse.envoy.EnvoyConfigException;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.TlsChannelCredentials;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A control plane's address, and how to be let in. Immutable; nothing is read or opened before a
 * client connects.
 *
 * <pre>{@code
 * XdsServer.plaintext("127.0.0.1", 15010);
 * XdsServer.tls("127.0.0.1", 15012)
 *     .withAuthority("istiod.istio-system.svc")
 *     .withRootCertificate(Path.of("root-cert.pem"))
 *     .withToken(() -> token);
 * }</pre>
 */
public final class XdsServer {
  private final String host;
  private final int port;
  private final boolean tls;
  private final @Nullable String authority;
  private final @Nullable Path root;
  private final @Nullable Path chain;
  private final @Nullable Path key;
  private final @Nullable Supplier<String> token;

  private XdsServer(
      String host,
      int port,
      boolean tls,
      @Nullable String authority,
      @Nullable Path root,
      @Nullable Path chain,
      @Nullable Path key,
      @Nullable Supplier<String> token) {
    this.host = host;
    this.port = port;
    this.tls = tls;
    this.authority = authority;
    this.root = root;
    this.chain = chain;
    this.key = key;
    this.token = token;
  }

  /**
   * A server that speaks plain text, as istiod on port 15010.
   *
   * @param host its name or address
   * @param port its port
   * @return the server
   */
  public static XdsServer plaintext(String host, int port) {
    return new XdsServer(host, port, false, null, null, null, null, null);
  }

  /**
   * A server that speaks TLS, as istiod on port 15012. Its certificate is checked against the JVM's
   * roots unless {@link #withRootCertificate} names others.
   *
   * @param host its name or address
   * @param port its port
   * @return the server
   */
  public static XdsServer tls(String host, int port) {
    return new XdsServer(host, port, true, null, null, null, null, null);
  }

  /**
   * The same under another name: the one that its certificate is checked for.
   *
   * @param name for example {@code istiod.istio-system.svc}
   * @return a new server
   */
  public XdsServer withAuthority(String name) {
    return new XdsServer(host, port, tls, name, root, chain, key, token);
  }

  /**
   * The same, trusting these certificates alone.
   *
   * @param pem a file of certificates; read anew for each connection
   * @return a new server
   * @throws IllegalStateException if the server speaks plain text
   */
  public XdsServer withRootCertificate(Path pem) {
    requireTls();
    return new XdsServer(host, port, tls, authority, pem, chain, key, token);
  }

  /**
   * The same with a certificate of the proxy's own (mutual TLS).
   *
   * @param certificates a PEM file of the certificate and those that lead to the root
   * @param privateKey a PEM file of the private key, PKCS#8
   * @return a new server
   * @throws IllegalStateException if the server speaks plain text
   */
  public XdsServer withClientCertificate(Path certificates, Path privateKey) {
    requireTls();
    return new XdsServer(host, port, tls, authority, root, certificates, privateKey, token);
  }

  /**
   * The same with a token, sent as {@code authorization: Bearer}.
   *
   * @param jwt gives the token; asked for each stream, so it may be renewed; what it throws ends
   *     the attempt
   * @return a new server
   */
  public XdsServer withToken(Supplier<String> jwt) {
    return new XdsServer(host, port, tls, authority, root, chain, key, jwt);
  }

  String target() {
    return host.indexOf(':') >= 0 ? "dns:///[" + host + "]:" + port : "dns:///" + host + ":" + port;
  }

  Optional<String> authority() {
    return Optional.ofNullable(authority);
  }

  Optional<Supplier<String>> token() {
    return Optional.ofNullable(token);
  }

  ChannelCredentials credentials() {
    if (!tls) {
      return InsecureChannelCredentials.create();
    }
    TlsChannelCredentials.Builder credentials = TlsChannelCredentials.newBuilder();
    try {
      if (root != null) {
        credentials.trustManager(root.toFile());
      }
      if (chain != null && key != null) {
        credentials.keyManager(chain.toFile(), key.toFile());
      }
      return credentials.build();
    } catch (IOException e) {
      throw new EnvoyConfigException(
          "connecting to " + this,
          "a certificate or key cannot be read: " + e,
          "give readable PEM files",
          e);
    }
  }

  private void requireTls() {
    if (!tls) {
      throw new IllegalStateException("certificates need TLS: start with XdsServer.tls(…)");
    }
  }

  /** The address, as {@code xds://127.0.0.1:15010}. */
  @Override
  public String toString() {
    return (tls ? "xds+tls://" : "xds://") + host + ":" + port;
  }
}
