package dev.pilothouse.kind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.kind.Prerequisite.State;
import dev.pilothouse.toolbox.Tool;
import dev.pilothouse.toolbox.Toolbox;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrerequisitesTest {
  @TempDir Path folder;

  @Test
  void tellsAllThatIsMissingInOneAnswer() {
    Prerequisites found = check(toolbox().build(), null);

    assertThat(state(found, "JDK")).isEqualTo(State.OK);
    for (String name : new String[] {"kind", "kubectl", "istioctl", "dlv", "Docker"}) {
      assertThat(state(found, name)).as(name).isEqualTo(State.MISSING);
    }
    assertThatThrownBy(found::require)
        .isInstanceOf(PilothouseException.class)
        .hasMessageContaining("checking what a kind cluster needs")
        .hasMessageContaining("kind: neither on the PATH")
        .hasMessageContaining("PILOTHOUSE_KUBECTL")
        .hasMessageContaining("istioctl: ")
        .hasMessageContaining("dlv: ")
        .hasMessageContaining("Docker: Docker does not answer at unix:///nowhere.sock")
        .hasMessageContaining("start Docker");
    assertThat(found.table())
        .contains("MISSING  kind ")
        .contains("→ start Docker, or name the right one in DOCKER_HOST");
    assertThat(found)
        .hasToString(
            "Prerequisites["
                + found.all().size()
                + " looked at, "
                + found.problems().size()
                + " not met]");
  }

  @Test
  void tellsWhatDoesNotGoTogether() throws Exception {
    Toolbox toolbox =
        toolbox()
            .path(Tool.KUBECTL, program("kubectl", "echo '\"gitVersion\": \"v1.33.2\"'"))
            .path(Tool.KIND, program("kind", "echo kind v0.33.0 go1.26 linux/amd64"))
            .path(Tool.DLV, program("dlv", "printf 'Delve Debugger\\nVersion: 1.99.0\\n'"))
            .build();

    Prerequisites beside = check(toolbox, "kindest/node:v1.34.4@sha256:0123");
    assertThat(state(beside, "kubectl")).isEqualTo(State.OK);
    assertThat(state(beside, "kind")).isEqualTo(State.OK);
    assertThat(state(beside, "dlv")).isEqualTo(State.OK);

    Prerequisites apart = check(toolbox, "localhost:5000/node:v1.36.0");
    assertThat(state(apart, "kubectl")).isEqualTo(State.WRONG);
    assertThat(apart.table())
        .contains("one minor release beside Kubernetes 1.36 of the nodes")
        .contains("install kubectl 1.36, or take another node image");
    assertThat(state(check(toolbox, "localhost:5000/node"), "kubectl")).isEqualTo(State.NOTE);
  }

  @Test
  void aToolThatIsNamedAndIsNoneIsWrong() throws Exception {
    Toolbox toolbox =
        toolbox()
            .path(Tool.DLV, program("dlv", "echo something else"))
            .path(Tool.KIND, program("kind", "echo kind v0.24.0 go1.22 linux/amd64"))
            .build();
    assertThat(state(check(toolbox, null), "dlv")).isEqualTo(State.WRONG);
    assertThat(state(check(toolbox, null), "kind")).as("an old one").isEqualTo(State.WRONG);
  }

  @Test
  void capabilitiesAreNamed() {
    BigInteger all = BigInteger.ONE.shiftLeft(41).subtract(BigInteger.ONE);
    assertThat(Capabilities.missing(all, 40)).isEmpty();
    assertThat(Capabilities.missing(all.clearBit(24).clearBit(40), 40))
        .containsExactly("CAP_SYS_RESOURCE", "CAP_CHECKPOINT_RESTORE");
    assertThat(Capabilities.missing(all, 41)).containsExactly("capability 41");
  }

  @Test
  void kernelSettingsAreReadWhole() throws Exception {
    assertThat(KernelSetting.number("kernel/pid_max")).isGreaterThan(300);
    assertThat(KernelSetting.number("kernel/cap_last_cap")).isGreaterThan(36);
  }

  private static Prerequisites check(Toolbox toolbox, @Nullable String nodeImage) {
    return Prerequisites.check(toolbox, DockerHost.at("unix:///nowhere.sock"), null, nodeImage);
  }

  private Toolbox.Builder toolbox() {
    return Toolbox.builder()
        .environment(Map.of("PATH", folder.toString()))
        .cacheDirectory(folder.resolve("cache"));
  }

  private Path program(String name, String script) throws Exception {
    Path file = folder.resolve(name + "-of-the-test");
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }

  private static State state(Prerequisites found, String name) {
    return found.all().stream()
        .filter(item -> item.name().equals(name))
        .findFirst()
        .orElseThrow()
        .state();
  }
}
