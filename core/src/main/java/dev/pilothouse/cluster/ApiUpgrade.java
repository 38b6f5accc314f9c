package dev.pilothouse.cluster;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.pilothouse.internal.HttpHead;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.HttpClient.ProxyType;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.fabric8.kubernetes.client.http.StandardHttpClientBuilder;
import io.fabric8.kubernetes.client.http.StandardHttpRequest;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * Opens connections to an API server that begin as HTTP/1.1 and go on in another protocol, with the
 * certificates, credentials and proxy of a fabric8 client. The JDK's HTTP client has no such
 * upgrades, but for WebSockets, and of those none whose protocol is named as Kubernetes does it.
 */
final class ApiUpgrade {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration ANSWER = Duration.ofSeconds(10);
  private static final int HTTPS = 443;
  private static final int HTTP = 80;
  private static final int SWITCHING_PROTOCOLS = 101;

  private final URI server;
  private final StandardHttpClientBuilder<?, ?, ?> settings;
  private final boolean anyHost;

  ApiUpgrade(KubernetesClient client) {
    this.server = URI.create(client.getMasterUrl().toString());
    this.settings =
        (StandardHttpClientBuilder<?, ?, ?>)
            new JdkHttpClientFactory().newBuilder(client.getConfiguration());
    this.anyHost =
        client.getConfiguration().isTrustCerts()
            || client.getConfiguration().isDisableHostnameVerification();
  }

  /** The API server does not want to change the protocol. */
  static final class Refused extends IOException {
    private static final long serialVersionUID = 1L;

    private final int code;

    Refused(int code) {
      super("the API server answers HTTP " + code);
      this.code = code;
    }

    int code() {
      return code;
    }
  }

  /**
   * Opens a connection.
   *
   * @param path below the API server's root
   * @param headers what asks for the other protocol
   * @return a socket on which the other protocol begins
   * @throws Refused if the API server answers anything but 101
   */
  Socket open(String path, Map<String, String> headers) throws IOException {
    Socket socket = connect();
    boolean open = false;
    try {
      socket.setSoTimeout((int) ANSWER.toMillis());
      socket.getOutputStream().write(request(path, headers).getBytes(ISO_8859_1));
      int code = HttpHead.read(socket.getInputStream(), "the API server").status();
      if (code != SWITCHING_PROTOCOLS) {
        throw new Refused(code);
      }
      socket.setSoTimeout(0);
      open = true;
      return socket;
    } finally {
      if (!open) {
        socket.close();
      }
    }
  }

  private Socket connect() throws IOException {
    boolean tls = server.getScheme().equals("https");
    int port = server.getPort() >= 0 ? server.getPort() : tls ? HTTPS : HTTP;
    InetSocketAddress proxy = settings.getProxyAddress();
    Socket plain = new Socket();
    boolean connected = false;
    try {
      InetSocketAddress address =
          proxy == null ? new InetSocketAddress(server.getHost(), port) : proxy;
      plain.connect(address, (int) CONNECT.toMillis());
      plain.setTcpNoDelay(true);
      plain.setKeepAlive(true);
      plain.setSoTimeout((int) ANSWER.toMillis());
      if (proxy != null) {
        tunnel(plain, proxy, port);
      }
      Socket socket = tls ? secured(plain, port) : plain;
      connected = true;
      return socket;
    } finally {
      if (!connected) {
        plain.close();
      }
    }
  }

  /** Has a proxy connect us. The JDK's own way keeps credentials from the proxy. */
  private void tunnel(Socket plain, InetSocketAddress proxy, int port) throws IOException {
    String whose = "the proxy " + proxy.getHostString() + ":" + proxy.getPort();
    if (settings.getProxyType() != ProxyType.HTTP) {
      throw new IOException(whose + " is a SOCKS proxy; only HTTP proxies are supported");
    }
    String target = server.getHost() + ":" + port;
    String authorization = settings.getProxyAuthorization();
    String request =
        "CONNECT "
            + target
            + " HTTP/1.1\r\nHost: "
            + target
            + (authorization == null ? "" : "\r\nProxy-Authorization: " + authorization)
            + "\r\n\r\n";
    plain.getOutputStream().write(request.getBytes(ISO_8859_1));
    int status = HttpHead.read(plain.getInputStream(), whose).status();
    if (status / 100 != 2) {
      throw new IOException(whose + " answers HTTP " + status + " to CONNECT " + target);
    }
  }

  private Socket secured(Socket plain, int port) throws IOException {
    SSLContext context = settings.getSslContext();
    if (context == null) {
      throw new IOException("the kubeconfig has no certificates for " + server);
    }
    String name = settings.getTlsServerName();
    String host = name == null ? server.getHost() : name;
    SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, host, port, true);
    if (!anyHost) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      socket.setSSLParameters(parameters);
    }
    socket.startHandshake();
    return socket;
  }

  /** The client's own interceptors know who we are. */
  private String request(String path, Map<String, String> headers) {
    URI uri = URI.create(server.toString().replaceFirst("/+$", "") + path);
    StandardHttpRequest.Builder request = new StandardHttpRequest.Builder();
    request.uri(uri);
    headers.forEach(request::header);
    HttpRequest before = request.build();
    settings
        .getInterceptors()
        .values()
        .forEach(interceptor -> interceptor.before(request, before, new NoTags()));
    StringBuilder text = new StringBuilder("POST ").append(uri.getRawPath());
    text.append(" HTTP/1.1\r\nHost: ").append(uri.getRawAuthority());
    text.append("\r\nContent-Length: 0\r\nConnection: Upgrade\r\n");
    for (Map.Entry<String, List<String>> header : request.build().headers().entrySet()) {
      for (String value : header.getValue()) {
        text.append(header.getKey()).append(": ").append(value).append("\r\n");
      }
    }
    return text.append("\r\n").toString();
  }

  private record NoTags() implements Interceptor.RequestTags {
    @Override
    public <T> @Nullable T getTag(Class<T> type) {
      return null;
    }
  }
}
