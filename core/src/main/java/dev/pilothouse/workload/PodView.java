package dev.pilothouse.workload;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.internal.PodState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads pods as the API server shows them. */
final class PodView {
  /** The container of an injected proxy. */
  static final String PROXY = "istio-proxy";

  private PodView() {}

  static PodStatus status(JsonNode pod) {
    List<PodStatus.Container> containers = new ArrayList<>();
    add(pod, "containers", "containerStatuses", false, containers);
    add(pod, "initContainers", "initContainerStatuses", true, containers);
    JsonNode metadata = pod.path("metadata");
    return new PodStatus(
        metadata.path("name").asText(),
        metadata.path("namespace").asText(),
        terminating(pod) ? "Terminating" : pod.at("/status/phase").asText("Unknown"),
        containers,
        containers.stream().mapToInt(PodStatus.Container::restarts).sum(),
        Duration.between(Instant.parse(metadata.path("creationTimestamp").asText()), Instant.now()),
        PodState.describe(pod));
  }

  static boolean terminating(JsonNode pod) {
    return pod.path("metadata").has("deletionTimestamp");
  }

  /** A copy. */
  static Map<String, String> labels(JsonNode pod) {
    Map<String, String> labels = new HashMap<>();
    pod.at("/metadata/labels")
        .properties()
        .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
    return labels;
  }

  static boolean injected(JsonNode pod) {
    return status(pod).injected();
  }

  /** The container of its proxy, wherever it was injected. */
  static Optional<JsonNode> proxy(JsonNode pod) {
    for (String list : List.of("/spec/containers", "/spec/initContainers")) {
      for (JsonNode container : pod.at(list)) {
        if (container.path("name").asText().equals(PROXY)) {
          return Optional.of(container);
        }
      }
    }
    return Optional.empty();
  }

  /** Whether the proxy in it is one at the edge of the mesh. */
  static boolean gateway(JsonNode pod) {
    for (JsonNode container : pod.at("/spec/containers")) {
      if (container.path("name").asText().equals(PROXY)) {
        for (JsonNode argument : container.path("args")) {
          if (argument.asText().equals("router")) {
            return true;
          }
        }
      }
    }
    return false;
  }

  /** The container in which the application runs: the first that is not the proxy. */
  static String application(JsonNode pod) {
    for (JsonNode container : pod.at("/spec/containers")) {
      String name = container.path("name").asText();
      if (!name.equals(PROXY)) {
        return name;
      }
    }
    return PROXY;
  }

  private static void add(
      JsonNode pod,
      String specs,
      String statuses,
      boolean sidecarsOnly,
      List<PodStatus.Container> containers) {
    for (JsonNode container : pod.path("spec").path(specs)) {
      // A sidecar of Kubernetes' own kind is an init container that goes on.
      if (sidecarsOnly && !container.path("restartPolicy").asText().equals("Always")) {
        continue;
      }
      String name = container.path("name").asText();
      boolean ready = false;
      int restarts = 0;
      for (JsonNode status : pod.path("status").path(statuses)) {
        if (status.path("name").asText().equals(name)) {
          ready = status.path("ready").asBoolean();
          restarts = status.path("restartCount").asInt();
        }
      }
      containers.add(
          new PodStatus.Container(name, container.path("image").asText(), ready, restarts));
    }
  }
}
