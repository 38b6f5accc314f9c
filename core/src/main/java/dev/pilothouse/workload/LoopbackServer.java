package dev.pilothouse.workload;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A TCP server on a free port of 127.0.0.1, with a daemon thread for each connection. */
final class LoopbackServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LoopbackServer.class);
  private static final int BACKLOG = 128;

  private final String name;
  private final ServerSocket server;
  private final Handler handler;
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();

  /** What is done with a connection; it is closed when this returns. */
  interface Handler {
    void handle(Socket connection) throws IOException;
  }

  private LoopbackServer(String name, ServerSocket server, Handler handler) {
    this.name = name;
    this.server = server;
    this.handler = handler;
  }

  static LoopbackServer start(String name, Handler handler) throws IOException {
    ServerSocket socket = new ServerSocket(0, BACKLOG, LoopbackBlock.loopback(0, 0, 1));
    LoopbackServer server = new LoopbackServer(name, socket, handler);
    server.inDaemon(server::accept);
    return server;
  }

  /** A server that sends back what it gets. */
  static LoopbackServer echo(String name) throws IOException {
    return start(
        name, connection -> connection.getInputStream().transferTo(connection.getOutputStream()));
  }

  int port() {
    return server.getLocalPort();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket connection = server.accept();
        connections.add(connection);
        inDaemon(() -> serve(connection));
      } catch (IOException e) {
        if (!server.isClosed()) {
          LOG.warn("{} cannot take a connection", name, e);
        }
      }
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      connection.setTcpNoDelay(true);
      handler.handle(connection);
    } catch (IOException e) {
      LOG.debug("{}: the connection broke", name, e); // The other side may do that.
    } finally {
      connections.remove(connection);
    }
  }

  private void inDaemon(Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    try {
      server.close();
      for (Socket connection : connections) {
        connection.close();
      }
    } catch (IOException e) {
      LOG.warn("{} cannot be closed", name, e);
    }
  }
}
