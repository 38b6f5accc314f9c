package dev.pilothouse.internal.rollout;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.ApiServer;
import dev.pilothouse.internal.PodState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a cluster shows of pods that do not become ready: their states, events and logs. */
public final class Evidence {
  private static final int EVENTS = 6;
  private static final int LOG_LINES = 15;
  private static final int RAW_LOG_LINES = 300;

  /** It is looked for when a deadline has passed. */
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final ApiServer server;

  /**
   * Looks in a cluster, for five seconds at most, whatever deadline the API server has.
   *
   * @param server its API server
   */
  public Evidence(ApiServer server) {
    this.server = server.within(LIMIT);
  }

  /** Chooses the lines of a log that say something. */
  public interface Reader {
    /**
     * Chooses lines.
     *
     * @param log the end of a log
     * @param count how many lines to choose at most
     * @return those to show
     */
    List<String> choose(List<String> log, int count);
  }

  /**
   * The states, events and log tails of pods.
   *
   * @param maker the ReplicaSet that makes them, whose events tell why one was not made; null for
   *     none
   * @param pods the pods as the API server showed them last
   * @param container the container whose logs count
   * @param reader chooses the lines to show
   * @return several lines, each begun by a line separator; what cannot be had is left out
   */
  public String of(@Nullable JsonNode maker, List<JsonNode> pods, String container, Reader reader) {
    StringBuilder text = new StringBuilder();
    for (JsonNode pod : pods) {
      line(text, PodState.describe(pod));
    }
    try {
      if (maker != null) {
        events(maker).forEach(event -> line(text, event));
      }
      for (JsonNode pod : pods) {
        events(pod).forEach(event -> line(text, event));
      }
      for (JsonNode pod : pods) {
        log(text, pod, container, reader);
      }
    } catch (PilothouseException e) {
      line(text, "more cannot be had: " + e.getMessage());
    }
    return text.toString();
  }

  /**
   * What the cluster warns of about an object.
   *
   * @param object the object as the API server showed it last
   * @return the last warnings, as {@code event FailedCreate (3 times): pods "x" is forbidden}
   */
  List<String> events(JsonNode object) {
    String path =
        "/api/v1/namespaces/"
            + object.at("/metadata/namespace").asText()
            + "/events?fieldSelector=involvedObject.uid%3D"
            + object.at("/metadata/uid").asText();
    List<String> warnings = new ArrayList<>();
    JsonNode list = server.find(path);
    if (list != null) {
      for (JsonNode event : list.path("items")) {
        if (event.path("type").asText().equals("Warning")) {
          int count = event.path("count").asInt(1);
          warnings.add(
              "event "
                  + event.path("reason").asText()
                  + (count > 1 ? " (" + count + " times)" : "")
                  + ": "
                  + event.path("message").asText().strip());
        }
      }
    }
    return warnings.stream()
        .distinct()
        .skip(Math.max(0, warnings.size() - EVENTS))
        .collect(Collectors.toList());
  }

  private void log(StringBuilder text, JsonNode pod, String container, Reader reader) {
    ContainerLog log = new ContainerLog(server, pod, container);
    List<String> lines = log.tail(RAW_LOG_LINES);
    String life = "";
    List<String> chosen = reader.choose(lines, LOG_LINES);
    if (chosen.isEmpty()) {
      chosen = reader.choose(log.previousTail(RAW_LOG_LINES), LOG_LINES);
      life = " before its last restart";
    }
    if (!chosen.isEmpty()) {
      line(text, "The end of the log of " + pod.at("/metadata/name").asText() + life + ":");
      chosen.forEach(chosenLine -> line(text, "  " + chosenLine));
    }
  }

  private static void line(StringBuilder text, String line) {
    text.append(System.lineSeparator()).append(line);
  }
}
