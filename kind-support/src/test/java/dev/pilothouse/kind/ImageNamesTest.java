package dev.pilothouse.kind;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pilothouse.image.ImageSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageNamesTest {
  @ParameterizedTest
  @CsvSource({
    "busybox, docker.io/library/busybox:latest",
    "istio/pilot:1.29.0, docker.io/istio/pilot:1.29.0",
    "localhost/pilot:dev-1, localhost/pilot:dev-1",
    "localhost:5000/istio/pilot, localhost:5000/istio/pilot:latest",
    "registry.k8s.io/pause:3.10, registry.k8s.io/pause:3.10",
    "quay.io/x/y@sha256:0a, quay.io/x/y@sha256:0a",
  })
  void normalized(String given, String expected) {
    assertThat(ImageNames.normalized(given)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "localhost:5000/istio/pilot:dev, localhost:5000/istio/pilot",
    "localhost:5000/istio/pilot, localhost:5000/istio/pilot",
    "quay.io/x/y@sha256:0a, quay.io/x/y",
  })
  void repository(String given, String expected) {
    assertThat(ImageNames.repository(given)).isEqualTo(expected);
  }

  @Test
  void tagIsThatOfTheSpecificationOrTheContent() {
    String hash = "0123456789abcdef".repeat(4);

    assertThat(ImageNames.of(ImageSpec.pilot(), hash))
        .isEqualTo("localhost/pilot:dev-0123456789ab");
    assertThat(ImageNames.of(ImageSpec.pilot().withHub("istio").withTag("mine"), hash))
        .isEqualTo("docker.io/istio/pilot:mine");
  }
}
