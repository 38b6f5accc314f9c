package dev.pilothouse.envoy.trace.oracle;

import dev.pilothouse.envoy.live.TestCertificate;
import dev.pilothouse.envoy.trace.Connection;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** Certificates of Envoy, of a client that it trusts, and of one that it does not. */
final class TestTls {
  private final TestCertificate server;
  private final TestCertificate trusted;
  private final TestCertificate stranger;

  private TestTls(TestCertificate server, TestCertificate trusted, TestCertificate stranger) {
    this.server = server;
    this.trusted = trusted;
    this.stranger = stranger;
  }

  static TestTls make() throws IOException {
    Path folder = Files.createTempDirectory("oracle-tls");
    try {
      // All have the same subject, so that a client shows the one that Envoy did not ask for too.
      return new TestTls(make(folder, "server"), make(folder, "trusted"), make(folder, "stranger"));
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    } finally {
      Files.delete(folder);
    }
  }

  private static TestCertificate make(Path folder, String name)
      throws IOException, GeneralSecurityException {
    Path own = Files.createDirectory(folder.resolve(name));
    try {
      return TestCertificate.make(own, "dns:" + name);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    } finally {
      Files.deleteIfExists(own.resolve("certificate.p12"));
      Files.delete(own);
    }
  }

  /**
   * A transport socket that terminates TLS, as JSON with places for the certificates.
   *
   * @param common more of the common context, with a comma in front
   * @param more more of the context, with a comma in front
   */
  static String socket(String common, String more) {
    return Json.json(
        """
        'transport_socket': {'name': 'tls', 'typed_config': {
          '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext',
          'common_tls_context': {'tls_certificates': [{
            'certificate_chain': {'inline_string': '@SERVER@'}, 'private_key': {'inline_string': '@KEY@'}}]%s}%s}}
        """,
        common.replace('\'', '"'), more.replace('\'', '"'));
  }

  /** Fills in the certificates; {@code @TRUSTED@} is that of the client that Envoy trusts. */
  String withCertificates(String json) {
    return json.replace("@SERVER@", line(server.certificate()))
        .replace("@KEY@", line(server.privateKey()))
        .replace("@TRUSTED@", line(trusted.certificate()));
  }

  private static String line(String pem) {
    return pem.replace("\n", "\\n");
  }

  /** Shakes hands. */
  Socket over(Socket plain, Connection connection) throws IOException {
    try {
      SSLSocket socket =
          (SSLSocket)
              // A name without a dot is not sent as a server name.
              context(connection.certificate())
                  .getSocketFactory()
                  .createSocket(plain, "envoy", plain.getPort(), true);
      SSLParameters parameters = socket.getSSLParameters();
      parameters(parameters, connection);
      socket.setSSLParameters(parameters);
      return socket;
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  private SSLContext context(Connection.ClientCertificate shown)
      throws GeneralSecurityException, IOException {
    SSLContext context = SSLContext.getInstance("TLS");
    KeyManager[] keys =
        switch (shown) {
          case NONE -> new KeyManager[0];
          case VALID, PRESENTED -> keys(trusted);
          case INVALID -> keys(stranger);
        };
    context.init(keys, new TrustManager[] {new TrustsAll()}, null);
    return context;
  }

  private static KeyManager[] keys(TestCertificate certificate)
      throws GeneralSecurityException, IOException {
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    KeyStore store = certificate.keyStore();
    keys.init(store, TestCertificate.PASSWORD.toCharArray());
    return keys.getKeyManagers();
  }

  static void parameters(SSLParameters parameters, Connection connection) {
    if (!connection.serverName().isEmpty()) {
      parameters.setServerNames(
          List.of(new SNIHostName(connection.serverName().getBytes(StandardCharsets.US_ASCII))));
    }
    parameters.setApplicationProtocols(connection.applicationProtocols().toArray(new String[0]));
  }

  /** It is the server that is tested, by its own client. */
  private static final class TrustsAll extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
