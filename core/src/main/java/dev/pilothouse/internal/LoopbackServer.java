package dev.pilothouse.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A TCP server on a port of 127.0.0.1, with a daemon thread for each connection. */
public final class LoopbackServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LoopbackServer.class);
  private static final int BACKLOG = 128;
  private static final byte[] LOOPBACK = {127, 0, 0, 1};

  private final String name;
  private final ServerSocket server;
  private final Handler handler;
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private final Thread acceptor;

  /** What is done with a connection; it is closed when this returns. */
  public interface Handler {
    /**
     * Serves one connection.
     *
     * @param connection the connection; closed by {@link LoopbackServer#close} too
     * @throws IOException if it breaks, which the other side may bring about
     */
    void handle(Socket connection) throws IOException;
  }

  private LoopbackServer(String name, ServerSocket server, Handler handler) {
    this.name = name;
    this.server = server;
    this.handler = handler;
    this.acceptor = daemon(this::accept);
  }

  /**
   * A server on a free port.
   *
   * @param name the name of its threads
   * @param handler serves the connections
   * @return the running server
   * @throws IOException if there is no free port
   */
  public static LoopbackServer start(String name, Handler handler) throws IOException {
    return start(name, 0, handler);
  }

  /**
   * A server on a given port.
   *
   * @param name the name of its threads
   * @param port the port; 0 for a free one
   * @param handler serves the connections
   * @return the running server
   * @throws IOException if the port is taken
   */
  public static LoopbackServer start(String name, int port, Handler handler) throws IOException {
    ServerSocket socket = new ServerSocket(port, BACKLOG, InetAddress.getByAddress(LOOPBACK));
    LoopbackServer server = new LoopbackServer(name, socket, handler);
    server.acceptor.start();
    return server;
  }

  /**
   * A server that sends back what it gets.
   *
   * @param name the name of its threads
   * @return the running server
   * @throws IOException if there is no free port
   */
  public static LoopbackServer echo(String name) throws IOException {
    return start(
        name, connection -> connection.getInputStream().transferTo(connection.getOutputStream()));
  }

  /**
   * Where it listens.
   *
   * @return the port
   */
  public int port() {
    return server.getLocalPort();
  }

  /**
   * Where it listens.
   *
   * @return the address and the port
   */
  public InetSocketAddress address() {
    return (InetSocketAddress) server.getLocalSocketAddress();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket connection = server.accept();
        connections.add(connection);
        daemon(() -> serve(connection)).start();
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

  private Thread daemon(Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /** Ends the server and its connections. Does nothing the second time. */
  @Override
  public void close() {
    try {
      server.close();
      // The kernel takes connections until the thread has left its accept, and may hand it a last
      // one: nothing listens, and no connection is missed, only after it has ended.
      acceptor.join();
    } catch (IOException e) {
      LOG.warn("{} cannot be closed", name, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (Socket connection : connections) {
      try {
        connection.close();
      } catch (IOException e) {
        LOG.warn("{} cannot be closed", name, e);
      }
    }
  }
}
