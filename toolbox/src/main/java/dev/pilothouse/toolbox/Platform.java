package dev.pilothouse.toolbox;

import java.util.Locale;

/** The machine, in the words of Go: {@code linux}, {@code amd64}. */
final class Platform {
  private Platform() {}

  static String os() {
    String name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    return name.startsWith("mac") ? "darwin" : name.startsWith("windows") ? "windows" : "linux";
  }

  static String architecture() {
    String name = System.getProperty("os.arch");
    return switch (name) {
      case "amd64", "x86_64" -> "amd64";
      case "aarch64" -> "arm64";
      default -> name;
    };
  }
}
