package dev.pilothouse.integration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pilothouse.examples.GuideImages;
import dev.pilothouse.examples.HackingOnIstiod;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** The example that follows the guide on kind. It asserts for itself. */
class HackingOnIstiodIT {
  @Test
  void runsFromEndToEndAndLeavesNothing() throws IOException {
    KindFixture kind = KindFixture.require();

    new HackingOnIstiod(GuideImages.ofTestbed(KindFixture.TESTBED)).run();

    assertThat(kind.clusters().list()).doesNotContain("hacking-on-istiod");
    assertThat(DockerFixture.output("images", "-q", "localhost/pilot")).isEmpty();
  }
}
