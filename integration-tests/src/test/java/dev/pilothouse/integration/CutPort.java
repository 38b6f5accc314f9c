package dev.pilothouse.integration;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Passes connections on to a port, and cuts them when told to, as a port-forward may. */
final class CutPort implements AutoCloseable {
  private final int target;
  private final ServerSocket server;
  private final List<Socket> open = new CopyOnWriteArrayList<>();

  private CutPort(int target, ServerSocket server) {
    this.target = target;
    this.server = server;
  }

  static CutPort before(int target) throws IOException {
    CutPort cut = new CutPort(target, new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
    daemon(cut::accept);
    return cut;
  }

  int port() {
    return server.getLocalPort();
  }

  /** Cuts all connections; new ones are taken. */
  void cut() {
    open.forEach(CutPort::close);
    open.clear();
  }

  private void accept() {
    try {
      while (true) {
        Socket near = server.accept();
        Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
        open.addAll(List.of(near, far));
        daemon(() -> pump(near, far));
        daemon(() -> pump(far, near));
      }
    } catch (IOException e) {
      cut(); // Closed.
    }
  }

  private static void pump(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException e) {
      close(from); // Cut.
    }
    close(to);
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "cut-port");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    server.close();
    cut();
  }
}
