package dev.pilothouse.integration;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** An image for a machine that nobody has here, as {@code docker load} reads it. */
final class ForeignImage {
  private static final byte[] EMPTY_LAYER = new byte[1024];

  private ForeignImage() {}

  static Path write(Path archive, String name) throws IOException, NoSuchAlgorithmException {
    String digest =
        HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(EMPTY_LAYER));
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(Files.newOutputStream(archive))) {
      add(tar, "layer.tar", EMPTY_LAYER);
      add(
          tar,
          "config.json",
          """
          {"architecture": "s390x", "os": "linux", "config": {"Cmd": ["/none"]},
           "rootfs": {"type": "layers", "diff_ids": ["sha256:%s"]}}
          """
              .formatted(digest)
              .getBytes(StandardCharsets.UTF_8));
      add(
          tar,
          "manifest.json",
          """
          [{"Config": "config.json", "RepoTags": ["%s"], "Layers": ["layer.tar"]}]
          """
              .formatted(name)
              .getBytes(StandardCharsets.UTF_8));
    }
    return archive;
  }

  private static void add(TarArchiveOutputStream tar, String name, byte[] content)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(content.length);
    tar.putArchiveEntry(entry);
    tar.write(content);
    tar.closeArchiveEntry();
  }
}
