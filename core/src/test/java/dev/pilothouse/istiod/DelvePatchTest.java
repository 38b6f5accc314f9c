package dev.pilothouse.istiod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pilothouse.image.Delivery;
import dev.pilothouse.source.IstiodBinary;
import dev.pilothouse.source.IstiodBinary.BuildVersion;
import dev.pilothouse.source.IstiodBinary.Flavor;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DelvePatchTest {
  private static final BuildVersion VERSION = new BuildVersion("1.31-dev", "r", "Clean", "t");
  private static final IstiodBinary BINARY =
      new IstiodBinary(Path.of("/x/pilot-discovery"), VERSION, Flavor.DEBUG);

  @Test
  void aBinaryAndItsDeliveryComeTogether() {
    DelvePatch patch = DelvePatch.deliver(BINARY, Delivery.image("x/pilot:debug"));
    assertThat(patch.localPort()).isZero();
    assertThat(patch.withLocalPort(40_000).localPort()).isEqualTo(40_000);
    assertThat(patch.asInTheGuide().guideCompatible()).isTrue();
    assertThatThrownBy(
            () ->
                new DelvePatch(
                    patch.binary(), Optional.empty(), Optional.empty(), 0, false, patch.deadline()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("come together");
    assertThatThrownBy(
            () ->
                new DelvePatch(
                    patch.binary(), patch.delivery(), Optional.of("x"), 0, false, patch.deadline()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aBinaryWithoutDebugInformationIsRefused() {
    String java = ProcessHandle.current().info().command().orElseThrow();
    IstiodBinary stripped = new IstiodBinary(Path.of(java), VERSION, Flavor.STOCK);
    assertThatThrownBy(() -> DebugInformation.require("debugging", stripped))
        .hasMessageContaining("no debug information")
        .hasMessageContaining("CompileOptions.debug()");
    IstiodBinary release = new IstiodBinary(Path.of("/none"), VERSION, Flavor.RELEASE);
    assertThatThrownBy(() -> DebugInformation.require("debugging", release))
        .hasMessageContaining("no debug information");
    assertThatThrownBy(() -> DebugInformation.require("debugging", BINARY))
        .hasMessageContaining("cannot be read");
  }
}
