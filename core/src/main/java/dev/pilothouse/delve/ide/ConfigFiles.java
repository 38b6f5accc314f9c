package dev.pilothouse.delve.ide;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;

/** Files of a user's project, which are replaced in one step or not at all. */
final class ConfigFiles {
  private ConfigFiles() {}

  /** The content; empty when there is no such file. */
  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      return "";
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + file, e);
    }
  }

  static Path write(Path file, String content) {
    try {
      // A link is the user's arrangement: what it points to is written, and the link stays.
      Path target = Files.isSymbolicLink(file) ? file.toRealPath() : file;
      Path folder = Objects.requireNonNull(target.toAbsolutePath().getParent());
      Files.createDirectories(folder);
      Path draft = Files.createTempFile(folder, ".pilothouse", ".tmp");
      try {
        Files.writeString(draft, content);
        Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(draft);
      }
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException("writing " + file, e);
    }
  }
}
