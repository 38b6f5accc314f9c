package dev.pilothouse.integration;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** Stands before Docker's socket, and after so many bytes cuts all connections, or does worse. */
final class CutSocket implements AutoCloseable {
  private static final long NEVER = Long.MAX_VALUE / 2;

  private final Path target;
  private final Path path;
  private final ServerSocketChannel server;
  private final List<SocketChannel> open = new CopyOnWriteArrayList<>();
  private final AtomicLong left = new AtomicLong(NEVER);
  private volatile Runnable then = this::cutAll;

  private CutSocket(Path target, Path path, ServerSocketChannel server) {
    this.target = target;
    this.path = path;
    this.server = server;
  }

  static CutSocket before(Path target, Path path) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(path));
    CutSocket cut = new CutSocket(target, path, server);
    daemon(cut::accept);
    return cut;
  }

  Path path() {
    return path;
  }

  /** Lets so many bytes more to Docker, and then nothing. */
  void after(long bytes) {
    after(bytes, this::cutAll);
  }

  /** Lets so many bytes more to Docker, and then does something to it, once. */
  void after(long bytes, Runnable harm) {
    then = harm;
    left.set(bytes);
  }

  void mend() {
    left.set(NEVER);
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel client = server.accept();
        if (left.get() <= 0) {
          client.close();
          continue;
        }
        SocketChannel docker = SocketChannel.open(UnixDomainSocketAddress.of(target));
        open.addAll(List.of(client, docker));
        daemon(() -> pump(client, docker, true));
        daemon(() -> pump(docker, client, false));
      }
    } catch (IOException e) {
      cutAll(); // Closed.
    }
  }

  private void pump(SocketChannel from, SocketChannel to, boolean counted) {
    ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
    try {
      while (from.read(buffer.clear()) >= 0) {
        buffer.flip();
        int read = buffer.remaining();
        long rest = counted ? left.addAndGet(-read) : NEVER;
        if (rest <= 0) {
          if (rest + read > 0) {
            then.run();
          }
          cutAll(); // Nobody is there to read the rest.
          return;
        }
        while (buffer.hasRemaining()) {
          to.write(buffer);
        }
      }
      to.shutdownOutput();
    } catch (IOException e) {
      close(from);
      close(to);
    }
  }

  private void cutAll() {
    open.forEach(CutSocket::close);
    open.clear();
  }

  private static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "cut-socket");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    server.close();
    cutAll();
  }
}
