package dev.pilothouse.integration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pilothouse.examples.DebuggingIstiod;
import dev.pilothouse.examples.GuideImages;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example that follows the guide to a debugger on kind. It asserts for itself. */
class DebuggingIstiodIT {
  @TempDir private Path project;

  @Test
  void runsFromEndToEndAndLeavesTheConfigurationsOfTheIdes() throws IOException {
    KindFixture kind = KindFixture.require();

    new DebuggingIstiod(GuideImages.ofTestbed(KindFixture.TESTBED), 0, project).run();

    assertThat(project.resolve(".run/istiod in kind.run.xml")).content().contains("GoRemoteDebug");
    assertThat(project.resolve(".vscode/launch.json")).content().contains("\"istiod in kind\"");
    assertThat(kind.clusters().list()).doesNotContain("debugging-istiod");
    assertThat(DockerFixture.output("images", "-q", "localhost/pilot-debug")).isEmpty();
  }
}
