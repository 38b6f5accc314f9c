package dev.pilothouse.toolbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Programs that show a fault which the real ones do not show: a wrong version, for one. */
final class Scripts {
  private Scripts() {}

  static Path script(Path file, String body) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + body + "\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }

  /** An etcd that says its version, and can do nothing else. */
  static Path etcd(Path folder, String version) throws IOException {
    return script(folder.resolve("etcd"), "echo 'etcd Version: " + version + "'");
  }
}
