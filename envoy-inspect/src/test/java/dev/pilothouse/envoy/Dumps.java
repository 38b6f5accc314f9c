package dev.pilothouse.envoy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The recorded dumps. */
public final class Dumps {
  public static final List<String> ALL =
      List.of(
          "accepted.json",
          "warming-and-rejected.json",
          "routes.json",
          "warming-clusters.json",
          "masked-listeners.json",
          "discovered.json",
          "istio-sidecar.json",
          "istiod-debug.json");

  /** Lists that istioctl printed. */
  static final List<String> LISTS =
      List.of("istioctl/listeners.json", "istioctl/routes.json", "istioctl/secret.json");

  private Dumps() {}

  public static EnvoyConfig read(String name) {
    return EnvoyConfigInspector.create().read(ConfigSource.text(text(name)));
  }

  public static String text(String name) {
    try (InputStream in = Dumps.class.getResourceAsStream("/dumps/" + name)) {
      if (in == null) {
        throw new IllegalArgumentException("no dump " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
