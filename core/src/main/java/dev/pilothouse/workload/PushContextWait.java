package dev.pilothouse.workload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.pilothouse.internal.PlainHttp;
import dev.pilothouse.internal.Poll;
import dev.pilothouse.internal.Poll.NotYet;
import dev.pilothouse.istiod.Istiod;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Waits until istiod works with resources. An Envoy that connects before would first be sent
 * listeners at addresses that are not its own.
 *
 * <p>istiod shows what it has read ({@code /debug/configz}), but for most kinds not what it works
 * with, its push context, which it renews a moment later. Of Telemetry resources it shows the push
 * context ({@code /debug/telemetryz}). So the resources are awaited in what it has read; then a
 * Telemetry resource is applied that selects nothing, and is awaited in the push context, which now
 * holds the others too.
 */
final class PushContextWait {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Istiod istiod;

  PushContextWait(Istiod istiod) {
    this.istiod = istiod;
  }

  /**
   * Waits until istiod has read resources.
   *
   * @param resources as the API server answered them; those that are not Istio's are left out
   */
  void untilRead(String tried, List<HasMetadata> resources, Duration deadline) {
    Set<String> wanted = new HashSet<>();
    for (HasMetadata resource : resources) {
      if (resource.getApiVersion().contains("istio.io/")) {
        wanted.add(
            versioned(
                resource.getKind(),
                resource.getMetadata().getNamespace(),
                resource.getMetadata().getName(),
                resource.getMetadata().getResourceVersion()));
      }
    }
    Poll.require(
        tried + ": istiod reads its resources",
        deadline,
        () -> {
          Set<String> missing = new HashSet<>(wanted);
          for (JsonNode config : get("/debug/configz")) {
            JsonNode metadata = config.path("metadata");
            missing.remove(
                versioned(
                    config.path("kind").asText(),
                    metadata.path("namespace").asText(),
                    metadata.path("name").asText(),
                    metadata.path("resourceVersion").asText()));
          }
          return holds(missing.isEmpty(), "it has not read " + missing);
        });
  }

  /** Waits until istiod's push context has a Telemetry resource. */
  void untilInForce(String tried, HasMetadata telemetry, Duration deadline) {
    String namespace = telemetry.getMetadata().getNamespace();
    String name = telemetry.getMetadata().getName();
    Poll.require(
        tried + ": istiod works with its resources",
        deadline,
        () -> {
          JsonNode all =
              get("/debug/telemetryz").path("telemetries").path("namespace_to_telemetries");
          for (JsonNode one : all.path(namespace)) {
            if (one.path("name").asText().equals(name)) {
              return Optional.of(true);
            }
          }
          throw new NotYet("Telemetry " + namespace + "/" + name + " is not in its push context");
        });
  }

  private static Optional<Boolean> holds(boolean fact, String otherwise) throws NotYet {
    if (!fact) {
      throw new NotYet(otherwise);
    }
    return Optional.of(true);
  }

  private static String versioned(String kind, String namespace, String name, String version) {
    return kind + " " + namespace + "/" + name + " of version " + version;
  }

  private JsonNode get(String path) throws IOException, InterruptedException {
    URI uri = istiod.monitoring().resolve(path);
    HttpResponse<String> answer =
        PlainHttp.CLIENT.send(
            HttpRequest.newBuilder(uri).timeout(PATIENCE).build(),
            HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IOException(uri + " answers " + answer.statusCode() + ": " + answer.body().strip());
    }
    return JSON.readTree(answer.body());
  }
}
