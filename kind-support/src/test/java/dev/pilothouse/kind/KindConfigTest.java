package dev.pilothouse.kind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.pilothouse.cluster.Lifetime;
import dev.pilothouse.failure.PilothouseException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class KindConfigTest {
  private static final Mark MARK = new Mark("scope", "root.kind-dev-1", Lifetime.HANDLE, "hash");

  @Test
  void saysAllThatWasAskedFor() throws Exception {
    KindSpec spec =
        KindSpec.named("dev")
            .withNodes(3, 1)
            .withNodeImage("kindest/node:v1.34.4")
            .withIstiodPorts(15_014, 0)
            .withMount(new KindMount(Path.of("/src"), "/src", false))
            .withFeatureGate("InPlacePodVerticalScaling", true);

    JsonNode config = config(spec);

    assertThat(config.path("name").asText()).isEqualTo("dev");
    assertThat(config.path("featureGates").path("InPlacePodVerticalScaling").asBoolean()).isTrue();
    assertThat(config.path("nodes")).hasSize(4);
    assertThat(config.path("nodes").findValuesAsText("role"))
        .containsExactly("control-plane", "control-plane", "control-plane", "worker");
    JsonNode first = config.path("nodes").path(0);
    assertThat(first.path("image").asText()).isEqualTo("kindest/node:v1.34.4");
    assertThat(first.path("extraMounts").findValuesAsText("containerPath"))
        .containsExactly("/src", MARK.path());
    JsonNode port = first.path("extraPortMappings").path(0);
    assertThat(port.path("containerPort").asInt()).isEqualTo(30_000);
    assertThat(port.path("hostPort").asInt()).isEqualTo(15_014);
    assertThat(port.path("listenAddress").asText()).isEqualTo("127.0.0.1");
    assertThat(first.path("extraPortMappings").path(1).path("hostPort").asInt()).isZero();
    assertThat(config.path("nodes").path(1).has("extraPortMappings")).isFalse();
    assertThat(config.path("nodes").path(3).path("extraMounts")).as("each is marked").hasSize(2);
  }

  @Test
  void takesTheNodeImagesThatKindsProjectPublishes() throws Exception {
    JsonNode byVersion = config(KindSpec.named("dev").withNodes(1, 1).withKubernetes("1.34.0"));

    assertThat(byVersion.path("nodes").findValuesAsText("image"))
        .containsExactly("kindest/node:v1.34.0", "kindest/node:v1.34.0");
    assertThat(config(KindSpec.named("dev")).path("nodes").findValues("image"))
        .as("kind has one of its own for each of its releases")
        .isEmpty();
    assertThatThrownBy(() -> KindSpec.named("dev").withKubernetes("latest"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("written as 1.34.4");
  }

  @Test
  void isMergedIntoTheRawConfiguration() throws Exception {
    JsonNode config =
        config(
            KindSpec.named("dev")
                .withNodeImage("mine")
                .withPort(30_000, 0)
                .withRawConfig(
                    """
                    kind: Cluster
                    name: other
                    networking: {ipFamily: dual}
                    featureGates: {A: true}
                    nodes:
                    - role: worker
                    - role: control-plane
                      image: theirs
                      labels: {tier: one}
                      extraPortMappings: [{containerPort: 80, hostPort: 8080}]
                    """));

    assertThat(config.path("name").asText()).isEqualTo("dev");
    assertThat(config.path("networking").path("ipFamily").asText()).isEqualTo("dual");
    assertThat(config.path("featureGates").path("A").asBoolean()).isTrue();
    JsonNode plane = config.path("nodes").path(1);
    assertThat(plane.path("image").asText()).isEqualTo("mine");
    assertThat(plane.path("labels").path("tier").asText()).isEqualTo("one");
    assertThat(plane.path("extraPortMappings").findValuesAsText("containerPort"))
        .containsExactly("80", "30000");
    assertThat(config.path("nodes").path(0).has("extraPortMappings")).isFalse();
  }

  @Test
  void aRawConfigurationThatMakesNoSenseIsRefused() {
    assertThatThrownBy(() -> KindConfig.of(KindSpec.named("dev").withRawConfig("- a list")))
        .isInstanceOf(PilothouseException.class)
        .hasMessageContaining("it is no mapping of kind: Cluster");
    assertThatThrownBy(() -> KindConfig.of(KindSpec.named("dev").withRawConfig("kind: Pod")))
        .hasMessageContaining("it is no mapping of kind: Cluster");
    assertThatThrownBy(() -> KindConfig.of(KindSpec.named("dev").withRawConfig("{")))
        .hasMessageContaining("it is no YAML");
    assertThatThrownBy(
            () ->
                KindConfig.of(
                    KindSpec.named("dev")
                        .withNodes(1, 2)
                        .withRawConfig("nodes: [{role: control-plane}]")))
        .hasMessageContaining("it has nodes of its own, and others are asked for beside it");
  }

  @Test
  void theRequestIsAllOfItButTheDeadlineAndTheMark() {
    KindSpec spec = KindSpec.named("dev").withPort(30_000, 0);
    String request = KindConfig.of(spec).request();

    assertThat(request).contains("pilothouse: ").doesNotContain("${").doesNotContain(Mark.FOLDER);
    assertThat(KindConfig.of(spec.withDeadline(Duration.ofDays(1))).request()).isEqualTo(request);
    assertThat(KindConfig.of(spec.withLifetime(Lifetime.KEEP)).request()).isNotEqualTo(request);
    assertThat(KindConfig.of(spec.withPort(30_001, 0)).request()).isNotEqualTo(request);
    assertThat(KindConfig.of(spec.withFeatureGate("A", true)).request()).isNotEqualTo(request);
    assertThat(
            KindConfig.difference(
                request, KindConfig.of(spec.withFeatureGate("A", true)).request()))
        .contains("asked:     A: true");
  }

  @Test
  void aNameOrPortThatIsNoneIsRefused() {
    assertThatThrownBy(() -> KindSpec.named("Upper")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> KindSpec.named("a".repeat(31)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> KindSpec.named("dev").withPort(0, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> KindSpec.named("dev").withPort(80, 1).withPort(80, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("published twice");
    assertThatThrownBy(() -> KindSpec.named("dev").withNodes(0, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static JsonNode config(KindSpec spec) throws Exception {
    return new YAMLMapper().readTree(KindConfig.of(spec).marked(MARK));
  }
}
