package dev.pilothouse.internal.rollout;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.internal.ApiServer;
import dev.pilothouse.internal.ApiServer.Answer;
import java.util.Optional;
import java.util.Set;

/** Tells of a pod whether there is no hope that it becomes ready, and why. */
public final class PodJudge {
  /** What kubelet waits for and only another pod template, or another image, can mend. */
  private static final Set<String> HOPELESS =
      Set.of(
          "CrashLoopBackOff",
          "ImagePullBackOff",
          "ErrImageNeverPull",
          "InvalidImageName",
          "CreateContainerConfigError",
          "CreateContainerError",
          "RunContainerError");

  private static final int FORBIDDEN = 403;

  private final ApiServer server;

  /**
   * Judges pods of a cluster.
   *
   * @param server its API server
   */
  public PodJudge(ApiServer server) {
    this.server = server;
  }

  /**
   * Why there is no hope.
   *
   * @param pod the pod as the API server shows it
   * @return the reason in the cluster's own words, or empty while there is hope
   */
  public Optional<String> hopeless(JsonNode pod) {
    String name = pod.at("/metadata/name").asText();
    for (String group : new String[] {"initContainerStatuses", "containerStatuses"}) {
      for (JsonNode container : pod.path("status").path(group)) {
        JsonNode waiting = container.at("/state/waiting");
        String reason = waiting.path("reason").asText();
        if (HOPELESS.contains(reason)) {
          return Optional.of(
              "container "
                  + container.path("name").asText()
                  + " of pod "
                  + name
                  + " is in "
                  + reason
                  + suffix(waiting.path("message").asText())
                  + lastExit(container));
        }
      }
    }
    for (JsonNode condition : pod.at("/status/conditions")) {
      if (condition.path("type").asText().equals("PodScheduled")
          && condition.path("reason").asText().equals("Unschedulable")) {
        return unschedulable(pod, condition.path("message").asText());
      }
    }
    return Optional.empty();
  }

  /** Hopeless only if what is missing is room, and nothing that is on its way out makes any. */
  private Optional<String> unschedulable(JsonNode pod, String message) {
    if (!message.contains("Insufficient cpu") && !message.contains("Insufficient memory")) {
      return Optional.empty();
    }
    Answer mayList = server.call("GET", "/api/v1/nodes?limit=1", ApiServer.JSON, null);
    if (mayList.code() == FORBIDDEN) {
      return Optional.empty();
    }
    NodeRoom.Finding room = new NodeRoom(server).lookFor(pod);
    return room.fits()
        ? Optional.empty()
        : Optional.of(
            "pod "
                + pod.at("/metadata/name").asText()
                + " cannot be scheduled: "
                + message
                + System.lineSeparator()
                + room.table());
  }

  private static String lastExit(JsonNode container) {
    JsonNode terminated = container.at("/lastState/terminated");
    return terminated.isMissingNode()
        ? ""
        : "; it exited with code "
            + terminated.path("exitCode").asInt()
            + " ("
            + terminated.path("reason").asText()
            + "), restarts "
            + container.path("restartCount").asInt();
  }

  private static String suffix(String message) {
    return message.isEmpty() ? "" : ": " + message;
  }
}
