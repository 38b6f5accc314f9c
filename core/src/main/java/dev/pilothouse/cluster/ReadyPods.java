package dev.pilothouse.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.ApiServer;
import dev.pilothouse.internal.PodState;
import dev.pilothouse.internal.Poll.NotYet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Finds a pod that a connection can go to at this moment. */
final class ReadyPods {
  private static final String NO_SELECTOR = "it has no selector, so no pods are its own";

  private final ApiServer server;
  private final PodTarget target;
  private final int port;

  /** Of the Deployment that had a ready pod last; null for none. */
  private volatile @Nullable String deploymentSelector;

  ReadyPods(ApiServer server, PodTarget target, int port) {
    this.server = server;
    this.target = target;
    this.port = port;
  }

  /**
   * A pod that was found.
   *
   * @param pod where a connection can go to
   * @param collections what it was chosen from: while nothing happens there, it stays the one
   */
  record Found(PodPort pod, List<String> collections) {}

  /**
   * The newest pod that is ready.
   *
   * @throws NotYet if there is none, with what there is instead
   * @throws PilothouseException if there cannot be one, or the API server does not answer
   */
  Found find() throws NotYet {
    if (target instanceof PodTarget.Pod named) {
      return new Found(to(running(named), port), List.of(only("pods", named.name())));
    }
    if (target instanceof PodTarget.Deployment named) {
      return ofDeployment(named);
    }
    if (target instanceof PodTarget.Service named) {
      JsonNode service = existing("/api/v1", "services", named.name());
      JsonNode servicePort = servicePort(service);
      String selector = equalities(service.path("spec").path("selector"));
      JsonNode pod = newest(selector);
      return new Found(
          to(pod, podPort(servicePort.path("targetPort"), pod)),
          List.of(only("services", named.name()), selected(selector)));
    }
    return ofSelector(((PodTarget.Labels) target).selector());
  }

  /** Its selector never changes, unless it is deleted and another one is made. */
  private Found ofDeployment(PodTarget.Deployment named) throws NotYet {
    String known = deploymentSelector;
    if (known != null) {
      try {
        return ofSelector(known);
      } catch (NotYet e) {
        deploymentSelector = null;
      }
    }
    JsonNode deployment = existing("/apis/apps/v1", "deployments", named.name());
    String selector = selector(deployment.path("spec").path("selector"));
    Found found = ofSelector(selector);
    deploymentSelector = selector;
    return found;
  }

  private Found ofSelector(String selector) throws NotYet {
    return new Found(to(newest(selector), port), List.of(selected(selector)));
  }

  private JsonNode running(PodTarget.Pod named) throws NotYet {
    try {
      JsonNode pod = existing("/api/v1", "pods", named.name());
      if (!named.uid().orElse(uid(pod)).equals(uid(pod))) {
        throw new NotYet("another pod has the place of " + named);
      }
      String phase = pod.path("status").path("phase").asText();
      if (!phase.equals("Running") || terminating(pod)) {
        throw new NotYet(named + " is " + (terminating(pod) ? "terminating" : phase));
      }
      return pod;
    } catch (NotYet e) {
      if (named.uid().isPresent()) {
        throw impossible(String.valueOf(e.getMessage()));
      }
      throw e;
    }
  }

  private static String uid(JsonNode pod) {
    return pod.at("/metadata/uid").asText();
  }

  private JsonNode existing(String api, String kind, String name) throws NotYet {
    JsonNode object = server.find(path(api, kind) + "/" + ApiResources.encode(name));
    if (object == null) {
      throw new NotYet("there is no " + target);
    }
    return object;
  }

  private JsonNode newest(String selector) throws NotYet {
    JsonNode pods = server.get(selected(selector)).path("items");
    List<JsonNode> ready = new ArrayList<>();
    StringJoiner seen = new StringJoiner("; ");
    for (JsonNode pod : pods) {
      if (!terminating(pod) && PodState.ready(pod)) {
        ready.add(pod);
      } else {
        seen.add(PodState.describe(pod));
      }
    }
    return ready.stream()
        .max(Comparator.comparing(pod -> pod.at("/metadata/creationTimestamp").asText()))
        .orElseThrow(
            () ->
                new NotYet(
                    seen.length() == 0
                        ? "there is no pod of " + target
                        : "none is ready of " + target + ": " + seen));
  }

  private String selected(String selector) {
    return path("/api/v1", "pods") + "?labelSelector=" + ApiResources.encode(selector);
  }

  private String only(String kind, String name) {
    return path("/api/v1", kind) + "?fieldSelector=" + ApiResources.encode("metadata.name=" + name);
  }

  private String path(String api, String kind) {
    return api + "/namespaces/" + ApiResources.encode(target.namespace()) + "/" + kind;
  }

  private JsonNode servicePort(JsonNode service) {
    StringJoiner ports = new StringJoiner(", ");
    for (JsonNode candidate : service.path("spec").path("ports")) {
      if (candidate.path("port").asInt() == port) {
        return candidate;
      }
      ports.add(candidate.path("port").asText());
    }
    throw impossible("it has no port " + port + "; its ports are " + ports);
  }

  private int podPort(JsonNode targetPort, JsonNode pod) {
    if (!targetPort.isTextual()) {
      return targetPort.asInt(port);
    }
    for (JsonNode container : pod.path("spec").path("containers")) {
      for (JsonNode candidate : container.path("ports")) {
        if (candidate.path("name").asText().equals(targetPort.asText())) {
          return candidate.path("containerPort").asInt();
        }
      }
    }
    throw impossible(
        "its target port " + targetPort + " is none of pod " + pod.at("/metadata/name").asText());
  }

  private String selector(JsonNode selector) {
    List<String> terms = new ArrayList<>();
    String equalities =
        selector.path("matchLabels").isEmpty() ? "" : equalities(selector.path("matchLabels"));
    Optional.of(equalities).filter(text -> !text.isEmpty()).ifPresent(terms::add);
    for (JsonNode expression : selector.path("matchExpressions")) {
      terms.add(term(expression));
    }
    if (terms.isEmpty()) {
      throw impossible(NO_SELECTOR);
    }
    return String.join(",", terms);
  }

  private static String term(JsonNode expression) {
    String key = expression.path("key").asText();
    StringJoiner values = new StringJoiner(",", " (", ")");
    expression.path("values").forEach(value -> values.add(value.asText()));
    return switch (expression.path("operator").asText()) {
      case "In" -> key + " in" + values;
      case "NotIn" -> key + " notin" + values;
      case "DoesNotExist" -> "!" + key;
      default -> key; // Exists
    };
  }

  private String equalities(JsonNode labels) {
    if (labels.isEmpty()) {
      throw impossible(NO_SELECTOR);
    }
    StringJoiner terms = new StringJoiner(",");
    labels.properties().forEach(e -> terms.add(e.getKey() + "=" + e.getValue().asText()));
    return terms.toString();
  }

  private PilothouseException impossible(String words) {
    return new PilothouseException("choosing a pod of " + target, words, "", null, null);
  }

  private static PodPort to(JsonNode pod, int port) {
    JsonNode metadata = pod.path("metadata");
    return new PodPort(
        metadata.path("namespace").asText(), metadata.path("name").asText(), uid(pod), port);
  }

  private static boolean terminating(JsonNode pod) {
    return !(pod.at("/metadata/deletionTimestamp") instanceof MissingNode);
  }
}
