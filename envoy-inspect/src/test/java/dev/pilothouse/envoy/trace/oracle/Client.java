package dev.pilothouse.envoy.trace.oracle;

import dev.pilothouse.envoy.trace.Connection;
import dev.pilothouse.envoy.trace.HttpRequest;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/** A connection to a real Envoy that tells, by the PROXY protocol, where it is from and to. */
final class Client implements AutoCloseable {
  private static final byte[] SIGNATURE = {
    0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A
  };

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private @Nullable Http2 http2;

  /**
   * Connects.
   *
   * @param entry the address that the listener is bound to
   * @param port its port
   * @param tls shakes hands for encrypted connections; null to say the first words alone
   */
  @SuppressWarnings("AddressSelection") // the address is a number
  Client(Connection connection, String entry, int port, @Nullable TestTls tls) throws IOException {
    socket = new Socket();
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(30_000);
    String direct = Objects.requireNonNull(connection.directSource());
    if (direct.startsWith("127.") && entry.startsWith("127.")) {
      socket.bind(new InetSocketAddress(InetAddress.getByName(direct), 0));
    }
    socket.connect(new InetSocketAddress(InetAddress.getByName(entry), port));
    ByteArrayOutputStream first = new ByteArrayOutputStream();
    first.write(proxyHeader(connection));
    if (connection.encrypted() && tls == null) {
      first.write(clientHello(connection));
    }
    socket.getOutputStream().write(first.toByteArray());
    Socket speaking = connection.encrypted() && tls != null ? tls.over(socket, connection) : socket;
    in = new BufferedInputStream(speaking.getInputStream());
    out = speaking.getOutputStream();
  }

  private static byte[] proxyHeader(Connection connection) throws IOException {
    byte[] source = InetAddress.getByName(Objects.requireNonNull(connection.source())).getAddress();
    byte[] destination = InetAddress.getByName(connection.destination()).getAddress();
    ByteBuffer header = ByteBuffer.allocate(16 + 2 * source.length + 4);
    header.put(SIGNATURE).put((byte) 0x21).put((byte) (source.length == 4 ? 0x11 : 0x21));
    header.putShort((short) (2 * source.length + 4)).put(source).put(destination);
    header.putShort((short) connection.sourcePort()).putShort((short) connection.destinationPort());
    return header.array();
  }

  /** The first message of TLS is enough for a listener filter to read. */
  private static byte[] clientHello(Connection connection) throws SSLException {
    try {
      SSLEngine engine = SSLContext.getDefault().createSSLEngine();
      engine.setUseClientMode(true);
      SSLParameters parameters = engine.getSSLParameters();
      if (!connection.serverName().isEmpty()) {
        parameters.setServerNames(
            List.of(new SNIHostName(connection.serverName().getBytes(StandardCharsets.US_ASCII))));
      }
      parameters.setApplicationProtocols(connection.applicationProtocols().toArray(new String[0]));
      engine.setSSLParameters(parameters);
      ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
      engine.wrap(ByteBuffer.allocate(0), hello);
      byte[] bytes = new byte[hello.position()];
      hello.flip().get(bytes);
      return bytes;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Sends a request and waits for the answer. */
  Reply ask(HttpRequest request) throws IOException {
    try {
      if (request.protocol() == HttpRequest.Protocol.HTTP_2) {
        Http2 codec = http2 == null ? new Http2(in, out) : http2;
        http2 = codec;
        return codec.ask(request);
      }
      return ask1(request);
    } catch (SocketException | SSLException e) {
      return Reply.NONE;
    }
  }

  private Reply ask1(HttpRequest request) throws IOException {
    StringBuilder text = new StringBuilder();
    text.append(request.method()).append(' ').append(request.path()).append(" HTTP/1.1\r\n");
    text.append("Host: ").append(request.authority()).append("\r\n");
    for (HttpRequest.Header header : request.headers()) {
      text.append(header.name()).append(": ").append(header.value()).append("\r\n");
    }
    out.write(text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
    String status = line();
    if (status.isEmpty()) {
      return Reply.NONE;
    }
    List<HttpRequest.Header> headers = new ArrayList<>();
    headers.add(new HttpRequest.Header(":status", status.substring(9, 12)));
    int length = 0;
    for (String header = line(); !header.isEmpty(); header = line()) {
      int colon = header.indexOf(':');
      headers.add(new HttpRequest.Header(header.substring(0, colon), header.substring(colon + 1)));
      if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
        length = Integer.parseInt(header.substring(15).strip());
      }
    }
    String body =
        request.method().equals("HEAD")
            ? ""
            : new String(in.readNBytes(length), StandardCharsets.UTF_8);
    return new Reply(headers, body);
  }

  /** Sends the first bytes, and waits for what comes. */
  Observed listen(Pair pair, boolean inspected) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try {
      if (inspected && !pair.connection().encrypted()) {
        socket.getOutputStream().write(first(pair.request()).getBytes(StandardCharsets.US_ASCII));
      }
      for (int c = in.read(); c >= 0; c = in.read()) {
        all.write(c);
      }
    } catch (SocketException e) {
      // Envoy closes without having read all; what it said before counts.
      return Observed.text(all.toString(StandardCharsets.UTF_8));
    }
    return Observed.text(all.toString(StandardCharsets.UTF_8));
  }

  /** Something that a listener filter can look at. */
  private static String first(@Nullable HttpRequest request) {
    if (request == null) {
      return "hello\n";
    }
    return request.protocol() == HttpRequest.Protocol.HTTP_2
        ? "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
        : "GET / HTTP/1.1\r\nHost: oracle\r\n\r\n";
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      line.write(c);
    }
    return line.toString(StandardCharsets.ISO_8859_1).strip();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
