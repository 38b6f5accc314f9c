package dev.pilothouse.integration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Saves files as editors do. */
final class Editor {
  private Editor() {}

  /** Saves at once: half a file is no save. */
  static void save(Path file, String text) throws IOException {
    Path draft = Files.writeString(file.resolveSibling(".draft"), text);
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
