package dev.pilothouse.internal.rollout;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.internal.ApiServer;
import dev.pilothouse.internal.ApiServer.Answer;
import java.util.List;

/** The logs of a pod's container, from the API server. */
public final class ContainerLog {
  private final ApiServer server;
  private final String path;

  /**
   * Names a container.
   *
   * @param server the API server
   * @param pod its pod
   * @param container its name
   */
  public ContainerLog(ApiServer server, JsonNode pod, String container) {
    this.server = server;
    this.path =
        "/api/v1/namespaces/"
            + pod.at("/metadata/namespace").asText()
            + "/pods/"
            + pod.at("/metadata/name").asText()
            + "/log?container="
            + container;
  }

  /**
   * The end of what it has written in this life.
   *
   * @param lines how many lines at most
   * @return the lines, oldest first; none if it has not started
   */
  public List<String> tail(int lines) {
    return read("&tailLines=" + lines);
  }

  /**
   * The beginning of what it has written in this life.
   *
   * @param bytes how much at most
   * @return the lines, oldest first, the last one perhaps cut; none if it has not started
   */
  public List<String> head(int bytes) {
    return read("&limitBytes=" + bytes);
  }

  /**
   * The end of what it had written in the life before this one.
   *
   * @param lines how many lines at most
   * @return the lines, oldest first; none if it has not been restarted
   */
  public List<String> previousTail(int lines) {
    return read("&previous=true&tailLines=" + lines);
  }

  /**
   * Where it is followed.
   *
   * @return a path of the API server
   */
  public String followPath() {
    return path + "&follow=true";
  }

  private List<String> read(String query) {
    Answer answer = server.call("GET", path + query, ApiServer.JSON, null);
    return answer.ok() ? answer.text().lines().toList() : List.of();
  }
}
