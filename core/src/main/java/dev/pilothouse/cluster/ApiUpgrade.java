package dev.pilothouse.cluster;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.HttpClient.ProxyType;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.fabric8.kubernetes.client.http.StandardHttpClientBuilder;
import io.fabric8.kubernetes.client.http.StandardHttpRequest;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Proxy;
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
  private static final int LONGEST_HEAD = 64 * 1024;

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
      int code = status(head(socket.getInputStream()));
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
    Socket plain = proxy == null ? new Socket() : new Socket(proxy(proxy));
    boolean connected = false;
    try {
      InetSocketAddress address =
          proxy == null
              ? new InetSocketAddress(server.getHost(), port)
              : InetSocketAddress.createUnresolved(server.getHost(), port);
      plain.connect(address, (int) CONNECT.toMillis());
      plain.setTcpNoDelay(true);
      plain.setKeepAlive(true);
      Socket socket = tls ? secured(plain, port) : plain;
      connected = true;
      return socket;
    } finally {
      if (!connected) {
        plain.close();
      }
    }
  }

  private Proxy proxy(InetSocketAddress address) {
    return new Proxy(
        settings.getProxyType() == ProxyType.HTTP ? Proxy.Type.HTTP : Proxy.Type.SOCKS, address);
  }

  private Socket secured(Socket plain, int port) throws IOException {
    SSLContext context = settings.getSslContext();
    if (context == null) {
      throw new IOException("the kubeconfig has no certificates for " + server);
    }
    String name = settings.getTlsServerName();
    String host = name == null ? server.getHost() : name;
    plain.setSoTimeout((int) ANSWER.toMillis());
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

  /** Byte by byte: what comes after it is no HTTP. */
  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int newLines = 0;
    while (newLines < 2) {
      int next = in.read();
      if (next < 0 || head.size() > LONGEST_HEAD) {
        throw new EOFException("the API server ended the connection instead of an answer");
      }
      newLines = next == '\n' ? newLines + 1 : next == '\r' ? newLines : 0;
      head.write(next);
    }
    return head.toString(ISO_8859_1);
  }

  private static int status(String head) throws IOException {
    String[] line = head.split(" ", 3);
    if (line.length < 2 || !line[0].startsWith("HTTP/1.") || !line[1].matches("\\d{3}")) {
      throw new IOException("the API server does not answer in HTTP/1.1");
    }
    return Integer.parseInt(line[1]);
  }

  private record NoTags() implements Interceptor.RequestTags {
    @Override
    public <T> @Nullable T getTag(Class<T> type) {
      return null;
    }
  }
}
