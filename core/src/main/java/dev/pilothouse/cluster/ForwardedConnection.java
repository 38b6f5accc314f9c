package dev.pilothouse.cluster;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection of this machine, and its continuation to the pod. Used by one thread. */
final class ForwardedConnection implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ForwardedConnection.class);
  private static final int BUFFER_SIZE = 64 * 1024;

  /** How often a reader that gets nothing looks whether the pod's side has ended. */
  private static final int LOOK_MILLIS = 250;

  /** The pod cannot be told that the client has sent all: it may say no more for ever. */
  private static final Duration SILENCE = Duration.ofSeconds(10);

  private final Socket local;
  private final PodStream pod;
  private final byte[] buffer = new byte[BUFFER_SIZE];

  private ForwardedConnection(Socket local, PodStream pod) {
    this.local = local;
    this.pod = pod;
  }

  static ForwardedConnection open(PodConnections pods, PodPort to, Socket local)
      throws IOException {
    local.setSoTimeout(LOOK_MILLIS);
    OutputStream out = local.getOutputStream();
    return new ForwardedConnection(
        local,
        pods.open(
            to,
            new PodStream.Receiver() {
              @Override
              public OutputStream data() {
                return out;
              }

              @Override
              public void ended(boolean orderly) {
                if (orderly) {
                  shutdownOutput(local);
                }
              }
            }));
  }

  /** Carries bytes both ways until both sides, or one for good, have ended. */
  void carry() throws IOException {
    int read = 0;
    while (read >= 0 && !pod.ended()) {
      read = read();
      if (read > 0) {
        pod.send(buffer, read);
      }
    }
    LoopbackPeer client = new LoopbackPeer(local);
    while (!client.gone() && !pod.awaitEnd(LOOK_MILLIS) && pod.silence().compareTo(SILENCE) < 0) {
      // The client still waits for the rest of the answer.
    }
    IOException failure = pod.failure();
    if (failure != null) {
      throw failure;
    }
    // What the client still sends has nowhere to go. Unread, it would have the kernel reset the
    // connection, and the client could lose the end of the answer.
    while (read > 0) {
      read = read();
    }
  }

  /** How many bytes are in the buffer: none when nothing came, -1 at the end. */
  private int read() throws IOException {
    try {
      return local.getInputStream().read(buffer);
    } catch (SocketTimeoutException e) {
      return 0;
    }
  }

  private static void shutdownOutput(Socket local) {
    try {
      local.shutdownOutput();
    } catch (IOException e) {
      LOG.debug("The client has gone before the pod's end", e);
    }
  }

  @Override
  public void close() {
    pod.close();
  }
}
