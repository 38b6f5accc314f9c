package dev.pilothouse.kind;

import dev.pilothouse.image.ImageException;
import dev.pilothouse.internal.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * SHA-256 of files, in hex. A file that has not changed since (by its number, size and time) is not
 * read again: 190 MB take a seventh of a second.
 */
final class FileHashes {
  private static final int KEPT = 32;
  private static final int BUFFER = 1 << 18;

  private record Seen(@Nullable Object number, long size, long modified) {}

  private record Known(Seen seen, String hash) {}

  private final Map<Path, Known> known =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Path, Known> eldest) {
          return size() > KEPT;
        }
      };

  String of(String tried, Path file) {
    try {
      Seen seen = look(file);
      synchronized (known) {
        Known before = known.get(file);
        if (before != null && before.seen().equals(seen)) {
          return before.hash();
        }
      }
      String hash = read(file);
      synchronized (known) {
        known.put(file, new Known(seen, hash));
      }
      return hash;
    } catch (IOException e) {
      throw new ImageException(
          ImageException.Reason.UNUSABLE_FILE, tried, file + ": " + e, "", null, e);
    }
  }

  /** The same, while other things go on. */
  CompletableFuture<String> later(String tried, Path file) {
    return CompletableFuture.supplyAsync(() -> of(tried, file), FileHashes::start);
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "pilothouse-hash");
    thread.setDaemon(true);
    thread.start();
  }

  private static Seen look(Path file) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    return new Seen(
        attributes.fileKey(), attributes.size(), attributes.lastModifiedTime().toMillis());
  }

  private static String read(Path file) throws IOException {
    MessageDigest digest = Sha256.digest();
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
    }
    return Sha256.hex(digest);
  }
}
