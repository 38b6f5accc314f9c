package dev.pilothouse.envoy.assertj;

import static dev.pilothouse.envoy.assertj.EnvoyAssertions.assertThat;
import static dev.pilothouse.envoy.assertj.Samples.fails;

import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.SecretResource.Kind;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SecretAssertTest {
  private static final String WEB = "spiffe://cluster.local/ns/default/sa/web";
  private static final EnvoyConfig VARIOUS = Samples.various();

  @Test
  void hasKind() {
    server().hasKind(Kind.TLS_CERTIFICATE);
    fails(
        () -> assertThat(VARIOUS).secret("ca").hasKind(Kind.TLS_CERTIFICATE),
        "to be a tls_certificate",
        "it is a validation_context");
  }

  @Test
  void isValid() {
    server().isValid();
    fails(
        () -> assertThat(Samples.read("accepted.json")).secret("password").isValid(),
        "it holds no certificate: it is a generic_secret, and active");
  }

  @Test
  void isValidFor() {
    server().isValidFor(Duration.ofDays(1));
    fails(() -> server().isValidFor(Duration.ofDays(36500)), "these are not:\n  Certificate[");
  }

  @Test
  void isValidAt() {
    Instant end = VARIOUS.secret("server").orElseThrow().certificates().get(0).notAfter();
    server().isValidAt(end);
    fails(
        () -> server().isValidAt(end.plusSeconds(1)),
        "to hold certificates that are valid at " + end.plusSeconds(1),
        "these are not:\n  Certificate[URI:" + WEB,
        "until " + end);
  }

  @Test
  void hasSan() {
    server().hasSan(WEB).hasSan("URI:" + WEB).hasSan("web.example.com");
    fails(
        () -> server().hasSan("spiffe://cluster.local/ns/default/sa/client"),
        "it is for URI:" + WEB + ", DNS:web.example.com");
  }

  private static SecretAssert server() {
    return assertThat(VARIOUS).secret("server");
  }
}
