package dev.pilothouse.envoy.assertj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.pilothouse.envoy.ConfigSource;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigInspector;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Recorded dumps, and how the tests look at failures. */
final class Samples {
  static final String HTTPBIN = "httpbin.default.svc.cluster.local";
  static final String V1 = "outbound|8000|v1|" + HTTPBIN;
  static final String V2 = "outbound|8000|v2|" + HTTPBIN;
  static final String REVIEWS = "outbound|9080||reviews.default.svc.cluster.local";

  private Samples() {}

  /** An Envoy that istiod configures. */
  static EnvoyConfig sidecar() {
    return read("istio-sidecar.json");
  }

  /** An Envoy with something of every kind. */
  static EnvoyConfig various() {
    return read("various.json");
  }

  static EnvoyConfig read(String name) {
    return EnvoyConfigInspector.create().read(ConfigSource.text(text(name)));
  }

  static String text(String name) {
    try (InputStream in = Samples.class.getResourceAsStream("/dumps/" + name)) {
      if (in == null) {
        throw new IllegalArgumentException("no dump " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Verifies that an assertion fails, and what its message says. */
  static void fails(ThrowingCallable assertion, String... said) {
    Throwable thrown = catchThrowable(assertion);
    assertThat(thrown).isInstanceOf(AssertionError.class);
    assertThat(thrown.getMessage()).contains(said);
  }
}
