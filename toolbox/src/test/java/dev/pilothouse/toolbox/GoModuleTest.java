package dev.pilothouse.toolbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GoModuleTest {
  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource
  void pinsAVersionWhoseSumItShips(GoModule module) {
    assertThat(module.files().get("go.sum"))
        .contains(module.path() + " " + module.version() + " h1:")
        .contains(module.path() + " " + module.version() + "/go.mod h1:");
  }

  @ParameterizedTest
  @EnumSource
  void hasNoLocalReplacement(GoModule module) {
    assertThat(module.goMod()).doesNotContainPattern("=> *[./]");
  }

  @Test
  void writesBothFilesIntoAFolderThatItMakes() throws IOException {
    Path folder = directory.resolve("a/b");

    GoModule.ISTIO.writeTo(folder);

    assertThat(Files.readString(folder.resolve("go.mod")))
        .contains("istio.io/istio " + GoModule.ISTIO.version());
    assertThat(folder.resolve("go.sum")).isNotEmptyFile();
  }
}
