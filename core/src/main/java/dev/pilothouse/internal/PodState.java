package dev.pilothouse.internal;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.StringJoiner;

/** Says in a line how a pod is, with what holds it up. */
public final class PodState {
  private PodState() {}

  /**
   * Whether it is ready.
   *
   * @param pod the pod as the API server shows it
   * @return what its condition Ready says
   */
  public static boolean ready(JsonNode pod) {
    for (JsonNode condition : pod.path("status").path("conditions")) {
      if (condition.path("type").asText().equals("Ready")) {
        return condition.path("status").asText().equals("True");
      }
    }
    return false;
  }

  /**
   * How it is.
   *
   * @param pod the pod as the API server shows it
   * @return as {@code httpbin-7d4b is Running, istio-proxy CrashLoopBackOff}
   */
  public static String describe(JsonNode pod) {
    JsonNode status = pod.path("status");
    StringJoiner text = new StringJoiner(", ");
    boolean terminating = pod.path("metadata").has("deletionTimestamp");
    text.add(
        pod.at("/metadata/name").asText()
            + " is "
            + (terminating ? "terminating" : status.path("phase").asText("unknown")));
    for (JsonNode condition : status.path("conditions")) {
      if (condition.path("type").asText().equals("PodScheduled")
          && condition.path("status").asText().equals("False")) {
        text.add(condition.path("message").asText());
      }
    }
    containers(status.path("initContainerStatuses"), text);
    containers(status.path("containerStatuses"), text);
    return text.toString();
  }

  private static void containers(JsonNode containers, StringJoiner text) {
    for (JsonNode container : containers) {
      JsonNode state = container.path("state");
      String name = container.path("name").asText();
      if (state.has("waiting")) {
        text.add(name + " " + state.path("waiting").path("reason").asText("waiting"));
      } else if (state.has("running") && !container.path("ready").asBoolean()) {
        text.add(name + " not ready");
      } else if (state.path("terminated").path("exitCode").asInt() != 0) {
        text.add(name + " exited with " + state.path("terminated").path("exitCode").asInt());
      }
    }
  }
}
