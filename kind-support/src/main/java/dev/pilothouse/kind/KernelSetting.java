package dev.pilothouse.kind;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads numbers below {@code /proc/sys}. */
final class KernelSetting {
  private static final int LONGEST = 64;

  private KernelSetting() {}

  /** The kernel gives such a file to the first read alone, so that has to be large enough. */
  static long number(String name) throws IOException {
    try (InputStream file = Files.newInputStream(Path.of("/proc/sys", name))) {
      byte[] text = file.readNBytes(LONGEST);
      return Long.parseLong(new String(text, StandardCharsets.US_ASCII).strip());
    }
  }
}
