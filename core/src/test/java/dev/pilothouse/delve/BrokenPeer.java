package dev.pilothouse.delve;

import dev.pilothouse.istiod.DebugEndpoint;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What a real Delve never does: a server that answers whatever it is asked with something wrong.
 */
final class BrokenPeer implements AutoCloseable {
  /** What it writes when it is asked. */
  interface Answer {
    void write(OutputStream out) throws IOException;
  }

  private final ServerSocket server;
  private final Answer answer;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();

  BrokenPeer(Answer answer) {
    this.answer = answer;
    try {
      this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    daemon(this::accept);
  }

  /** Writes a text, and leaves the connection open. */
  static BrokenPeer saying(String text) {
    return new BrokenPeer(out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  DebugEndpoint endpoint() {
    return new DebugEndpoint.Delve("127.0.0.1", server.getLocalPort());
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        sockets.add(socket);
        daemon(() -> serve(socket));
      }
    } catch (IOException e) {
      // It was closed.
    }
  }

  private void serve(Socket socket) {
    try {
      InputStream in = socket.getInputStream();
      byte[] question = new byte[8192];
      while (in.read(question) > 0) {
        answer.write(socket.getOutputStream());
        socket.getOutputStream().flush();
      }
    } catch (IOException e) {
      // It was closed.
    }
  }

  private static void daemon(Runnable task) {
    Thread thread = new Thread(task, "broken-peer");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    try {
      server.close();
      for (Socket socket : sockets) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
