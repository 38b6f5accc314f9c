package dev.pilothouse.delve;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pilothouse.istiod.DebugEndpoint;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Passes connections on to a Delve. Cuts them when told to, as a port-forward may, and swallows a
 * question, so that it is one that Delve does not answer.
 */
final class Relay implements AutoCloseable {
  private volatile int target;
  private final ServerSocket server;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final AtomicReference<@Nullable String> swallowed = new AtomicReference<>();

  Relay(int target) {
    this.target = target;
    try {
      this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    daemon(this::accept);
  }

  DebugEndpoint endpoint() {
    return new DebugEndpoint.Delve("127.0.0.1", server.getLocalPort());
  }

  /** Cuts all connections; new ones lead elsewhere, as to a pod in the place of another. */
  void turnTo(int other) {
    target = other;
    cut();
  }

  /** Cuts all connections; new ones are taken. */
  void cut() {
    for (Socket socket : sockets) {
      close(socket);
    }
    sockets.clear();
  }

  /** The next question that contains a text does not reach Delve. */
  void swallowNext(String text) {
    swallowed.set(text);
  }

  /** Whether what was to be swallowed was. */
  boolean hasSwallowed() {
    return swallowed.get() == null;
  }

  private void accept() {
    try {
      while (true) {
        Socket near = server.accept();
        Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
        sockets.add(near);
        sockets.add(far);
        daemon(() -> copy(near, far));
        daemon(() -> copy(far, near));
      }
    } catch (IOException e) {
      // It was closed.
    }
  }

  private void copy(Socket from, Socket to) {
    byte[] part = new byte[65_536];
    try {
      InputStream in = from.getInputStream();
      for (int length = in.read(part); length > 0; length = in.read(part)) {
        String text = swallowed.get();
        if (text != null && new String(part, 0, length, UTF_8).contains(text)) {
          swallowed.set(null);
        } else {
          to.getOutputStream().write(part, 0, length);
        }
      }
    } catch (IOException e) {
      // It was cut.
    }
    close(from);
    close(to);
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void daemon(Runnable task) {
    Thread thread = new Thread(task, "relay");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    cut();
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
