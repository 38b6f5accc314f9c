package dev.pilothouse.istiod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class IstiodSpecTest {
  @Test
  void eachWitherChangesOneThing() {
    IstiodSpec spec =
        IstiodSpec.defaults()
            .withName("canary")
            .withRevision("r2")
            .withProfile(MeshProfile.ISTIO_DEFAULTS)
            .withMeshConfig("a: 1")
            .withEnvironment("A", "1")
            .withEnvironment("B", "2")
            .withArguments("--x")
            .withArguments("--y")
            .withLogLevel("ads", "debug")
            .withValidation(false)
            .withReadyDeadline(Duration.ofSeconds(3));
    assertThat(spec.name()).isEqualTo("canary");
    assertThat(spec.revision()).isEqualTo("r2");
    assertThat(spec.profile()).isEqualTo(MeshProfile.ISTIO_DEFAULTS);
    assertThat(spec.meshConfig()).isEqualTo("a: 1");
    assertThat(spec.environment()).isEqualTo(Map.of("A", "1", "B", "2"));
    assertThat(spec.arguments()).containsExactly("--x", "--y");
    assertThat(spec.logLevels()).isEqualTo(Map.of("ads", "debug"));
    assertThat(spec.validation()).isFalse();
    assertThat(spec.readyDeadline()).isEqualTo(Duration.ofSeconds(3));
    assertThat(IstiodSpec.defaults().environment()).isEmpty();
  }

  @Test
  void aNameIsALabel() {
    assertThatThrownBy(() -> IstiodSpec.defaults().withName("My istiod"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("My istiod");
    assertThatThrownBy(() -> IstiodSpec.defaults().withRevision(""))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
