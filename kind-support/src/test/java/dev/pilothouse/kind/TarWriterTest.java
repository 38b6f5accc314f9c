package dev.pilothouse.kind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pilothouse.toolbox.Command;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Held against the tar command. */
class TarWriterTest {
  @TempDir Path folder;

  @Test
  void tarReadsWhatItWrites() throws IOException {
    Path content = Files.writeString(folder.resolve("content"), "x".repeat(100_000));
    Path archive = folder.resolve("archive.tar");
    try (OutputStream out = Files.newOutputStream(archive)) {
      TarWriter tar = new TarWriter(out);
      tar.directory("usr");
      tar.file("usr/empty", 0644, new byte[0]);
      tar.file("usr/block", 0600, new byte[512]);
      tar.file("usr/program", 0755, content, Files.size(content));
      tar.end();
    }
    assertThat(archive)
        .hasSize(
            2 * TarWriter.entrySize(0)
                + TarWriter.entrySize(512)
                + TarWriter.entrySize(100_000)
                + TarWriter.endSize());

    String listed = run("tar", "-tvf", archive.toString(), "--numeric-owner");

    assertThat(listed.lines())
        .satisfiesExactly(
            line -> assertThat(line).startsWith("drwxr-xr-x 0/0").endsWith(" usr/"),
            line -> assertThat(line).startsWith("-rw-r--r-- 0/0").endsWith(" usr/empty"),
            line -> assertThat(line).startsWith("-rw------- 0/0").endsWith(" usr/block"),
            line -> assertThat(line).startsWith("-rwxr-xr-x 0/0").endsWith(" usr/program"));
    run("tar", "-xf", archive.toString(), "-C", folder.toString());
    assertThat(folder.resolve("usr/program")).hasSameBinaryContentAs(content);
  }

  @Test
  void fileOfAnotherSizeThanAnnouncedIsNoEntry() throws IOException {
    Path content = Files.writeString(folder.resolve("content"), "four");

    assertThatThrownBy(() -> TarWriter.copy(content, 5, OutputStream.nullOutputStream()))
        .hasMessageContaining("shrank");
    assertThatThrownBy(() -> TarWriter.copy(content, 3, OutputStream.nullOutputStream()))
        .hasMessageContaining("grew");
  }

  @Test
  void nameThatDoesNotFitIsRefused() {
    TarWriter tar = new TarWriter(OutputStream.nullOutputStream());

    assertThatThrownBy(() -> tar.directory("n".repeat(101))).isInstanceOf(IOException.class);
  }

  private String run(String... command) {
    return new Command(List.of(command), Map.of(), folder, Duration.ofSeconds(20)).output();
  }
}
