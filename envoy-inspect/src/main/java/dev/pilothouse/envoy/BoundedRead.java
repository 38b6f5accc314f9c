package dev.pilothouse.envoy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Reads a stream to its end, but no more than the limits allow. */
final class BoundedRead {
  private BoundedRead() {}

  static byte[] all(String name, InputStream in, ReadLimits limits) throws IOException {
    byte[] bytes = in.readNBytes(limits.maxBytes());
    if (bytes.length == limits.maxBytes() && in.read() >= 0) {
      throw limits.tooLarge(name, "what came");
    }
    return bytes;
  }

  /** Reads a file whose size is known: at once, and no further if it grows meanwhile. */
  static byte[] file(Path path, long size, ReadLimits limits) throws IOException {
    try (InputStream in = Files.newInputStream(path)) {
      byte[] bytes = new byte[Math.toIntExact(size)];
      int length = in.readNBytes(bytes, 0, bytes.length);
      // So say files that are made while they are read, as those in /proc.
      return length == bytes.length && length > 0
          ? bytes
          : all(
              path.toString(),
              new SequenceInputStream(new ByteArrayInputStream(bytes, 0, length), in),
              limits);
    }
  }

  /**
   * For what may stall, as pipes and sockets do. A read that stalls cannot be ended from outside:
   * its thread stays until the stream ends, but nobody waits for it.
   */
  static byte[] inTime(String name, Callable<byte[]> read, ReadLimits limits) {
    FutureTask<byte[]> reading = new FutureTask<>(read);
    Thread thread = new Thread(reading, "pilothouse-read " + name);
    thread.setDaemon(true);
    thread.start();
    try {
      return reading.get(limits.timeout().toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
      throw new EnvoyConfigException("reading " + name, "interrupted while waiting", "", e);
    } catch (TimeoutException e) {
      thread.interrupt();
      throw new EnvoyConfigException(
          "reading " + name,
          "it did not end within " + limits.timeout().toMillis() + " ms",
          "check who writes it, or give it more time by ReadLimits.withTimeout",
          e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof EnvoyConfigException ours) {
        throw ours;
      }
      throw new EnvoyConfigException("reading " + name, String.valueOf(e.getCause()), "", e);
    }
  }
}
