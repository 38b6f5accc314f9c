package dev.pilothouse.integration;

import dev.pilothouse.cluster.Manifests;
import dev.pilothouse.toolbox.Command;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The Gateway API's definitions, from its Go module, of the version that Istio's own build has. */
final class GatewayApi {
  private static final String MODULE = "sigs.k8s.io/gateway-api@v1.6.0";
  private static final Pattern FOLDER = Pattern.compile("\"Dir\": *\"([^\"]+)\"");

  private GatewayApi() {}

  static Manifests definitions(Path scratch) {
    String answer =
        new Command(
                List.of("go", "mod", "download", "-json", MODULE),
                Map.of(),
                scratch,
                Duration.ofMinutes(3))
            .output();
    Matcher folder = FOLDER.matcher(answer);
    if (!folder.find()) {
      throw new AssertionError("go has not said where " + MODULE + " is: " + answer);
    }
    Path definitions = Path.of(folder.group(1), "config", "crd", "standard");
    return Manifests.files(
        List.of("gatewayclasses", "gateways", "httproutes", "referencegrants").stream()
            .map(kind -> definitions.resolve("gateway.networking.k8s.io_" + kind + ".yaml"))
            .toArray(Path[]::new));
  }
}
