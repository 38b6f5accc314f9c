package dev.pilothouse.integration;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An HTTP proxy that connects its clients to wherever they want. */
final class ConnectProxy implements AutoCloseable {
  private final ServerSocket server;
  private final List<String> targets = new CopyOnWriteArrayList<>();

  private ConnectProxy(ServerSocket server) {
    this.server = server;
  }

  static ConnectProxy start() throws IOException {
    return start(InetAddress.getLoopbackAddress());
  }

  static ConnectProxy start(InetAddress address) throws IOException {
    ConnectProxy proxy = new ConnectProxy(new ServerSocket(0, 50, address));
    daemon(proxy::accept);
    return proxy;
  }

  int port() {
    return server.getLocalPort();
  }

  /** Where to it has connected, in order. */
  List<String> targets() {
    return List.copyOf(targets);
  }

  private void accept() throws IOException {
    while (!server.isClosed()) {
      Socket client = server.accept();
      daemon(() -> connect(client));
    }
  }

  private void connect(Socket client) throws IOException {
    try (client) {
      String target = request(client);
      int colon = target.lastIndexOf(':');
      try (Socket there =
          new Socket(target.substring(0, colon), Integer.parseInt(target.substring(colon + 1)))) {
        targets.add(target);
        client.getOutputStream().write("HTTP/1.1 200 Connected\r\n\r\n".getBytes(ISO_8859_1));
        daemon(() -> pump(there, client));
        pump(client, there);
      }
    }
  }

  private static String request(Socket client) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = client.getInputStream().read();
      if (next < 0) {
        throw new IOException("no request: " + head);
      }
      head.append((char) next);
    }
    String[] words = head.toString().split(" ", 3);
    if (!words[0].equals("CONNECT")) {
      throw new IOException("not for this proxy: " + head);
    }
    return words[1];
  }

  private static void pump(Socket from, Socket to) throws IOException {
    from.getInputStream().transferTo(to.getOutputStream());
    to.shutdownOutput();
  }

  /** Something that ends when a connection does, orderly or not. */
  private interface Work {
    void run() throws IOException;
  }

  private static void daemon(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                return; // The end of the connection, or of the proxy.
              }
            },
            "connect-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
