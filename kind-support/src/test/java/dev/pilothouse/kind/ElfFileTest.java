package dev.pilothouse.kind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pilothouse.image.ImageException;
import dev.pilothouse.image.ImageException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ElfFileTest {
  @TempDir Path folder;

  @Test
  void thisJvmIsLinkedDynamically() {
    ElfFile java = ElfFile.read("testing", Path.of("/proc/self/exe"));

    assertThat(java.isStatic()).isFalse();
    String architecture = System.getProperty("os.arch");
    assertThat(java.architecture())
        .isEqualTo(architecture.equals("aarch64") ? "arm64" : architecture);
  }

  @Test
  void scriptIsNoProgramForAnImage() throws IOException {
    Path script = Files.writeString(folder.resolve("script"), "#!/bin/sh\n" + "#".repeat(100));

    assertThatThrownBy(() -> ElfFile.read("testing", script))
        .isInstanceOfSatisfying(
            ImageException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNUSABLE_FILE))
        .hasMessageContaining("script: it is no 64 bit program for Linux")
        .hasMessageContaining("GOOS=linux");
  }

  @Test
  void missingFileIsNamed() {
    assertThatThrownBy(() -> ElfFile.read("testing", folder.resolve("nowhere")))
        .hasMessageContaining("nowhere: there is no such file");
  }
}
