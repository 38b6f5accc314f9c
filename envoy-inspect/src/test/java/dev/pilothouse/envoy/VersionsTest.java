package dev.pilothouse.envoy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pilothouse.envoy.Resource.State;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same scenes in each minor version of Envoy give the same configuration. */
class VersionsTest {
  @ParameterizedTest
  @ValueSource(strings = {"1.36", "1.37", "1.38", "1.39"})
  void everyVersionIsReadAlike(String minor) {
    for (String scene : List.of("discovered.json", "warming-and-rejected.json")) {
      EnvoyConfig config = Dumps.read(minor + "/" + scene);
      EnvoyConfig newest = Dumps.read(scene);

      assertThat(config.bootstrap().orElseThrow().envoyVersion()).startsWith(minor + ".");
      assertThat(config.unknown()).isEmpty();
      assertThat(config.resources())
          .allSatisfy(r -> assertThat(r.message().getSerializedSize()).isNotNegative());
      assertThat(summary(config)).containsExactlyInAnyOrderElementsOf(summary(newest));
      assertThat(config.hosts())
          .extracting(Endpoint::toString)
          .containsExactlyInAnyOrderElementsOf(
              newest.hosts().stream().map(Endpoint::toString).toList());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.36", "1.37", "1.38", "1.39"})
  void secretsAndStatesAreThoseOfTheScene(String minor) {
    EnvoyConfig discovered = Dumps.read(minor + "/discovered.json");
    assertThat(discovered.secret("server").orElseThrow().certificates().get(0).subjectAltNames())
        .contains("URI:spiffe://cluster.local/ns/default/sa/web");

    EnvoyConfig rejected = Dumps.read(minor + "/warming-and-rejected.json");
    assertThat(rejected.resources(State.REJECTED))
        .singleElement()
        .satisfies(r -> assertThat(r.reason()).contains("no.such.filter"));
    assertThat(rejected.resources(State.WARMING)).hasSize(2);
    assertThat(rejected.resources(State.DRAINING)).hasSize(1);
  }

  private static List<String> summary(EnvoyConfig config) {
    return config.resources().stream()
        // Before 1.38 Envoy does not show those.
        .filter(r -> r.section() != ConfigSection.DYNAMIC_SCOPED_ROUTE_CONFIGS)
        .map(r -> r.section() + " " + r.name() + " " + r.state() + " " + r.typeUrl())
        .toList();
  }
}
