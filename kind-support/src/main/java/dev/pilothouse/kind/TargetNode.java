package dev.pilothouse.kind;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.ContainerNetwork;
import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.image.ImageException;
import dev.pilothouse.internal.ApiServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/**
 * A node of a cluster that is a container of this Docker.
 *
 * @param name the node's name, which is the container's
 * @param container the container's id
 * @param architecture in Go's words, as {@code amd64}
 */
record TargetNode(String name, String container, String architecture) {
  private static final String KIND_LABEL = "io.x-k8s.kind.cluster";

  /**
   * All nodes of a cluster. A container of a node's name counts only if it has one of the node's
   * addresses: another machine may have a kind cluster with nodes of the same names.
   */
  static List<TargetNode> of(String tried, Cluster cluster, DockerClient docker) {
    List<JsonNode> nodes = new ArrayList<>();
    try {
      new ApiServer(cluster.client()).get("/api/v1/nodes").path("items").forEach(nodes::add);
    } catch (PilothouseException e) {
      throw new ImageException(
          ImageException.Reason.NODE_UNREACHABLE,
          tried,
          "the cluster " + cluster.name() + " does not answer: " + e.getMessage(),
          "look whether its containers run (docker ps)",
          null,
          e);
    }
    if (nodes.isEmpty()) {
      throw unreachable(tried, "the cluster " + cluster.name() + " has no nodes");
    }
    return nodes.stream().map(node -> find(tried, node, docker)).toList();
  }

  private static TargetNode find(String tried, JsonNode node, DockerClient docker) {
    String name = node.at("/metadata/name").asText();
    InspectContainerResponse container;
    try {
      container = docker.inspectContainerCmd(name).exec();
    } catch (NotFoundException e) {
      throw unreachable(tried, "there is no container " + name + " for this node of the cluster");
    }
    Map<String, String> labels = container.getConfig().getLabels();
    if (labels == null || !labels.containsKey(KIND_LABEL)) {
      throw unreachable(tried, "the container " + name + " is no node of a kind cluster");
    }
    if (!Boolean.TRUE.equals(container.getState().getRunning())) {
      throw unreachable(tried, "the node " + name + " is stopped");
    }
    List<String> addresses =
        container.getNetworkSettings().getNetworks().values().stream()
            .map(ContainerNetwork::getIpAddress)
            .toList();
    boolean known =
        StreamSupport.stream(node.at("/status/addresses").spliterator(), false)
            .filter(address -> address.path("type").asText().equals("InternalIP"))
            .anyMatch(address -> addresses.contains(address.path("address").asText()));
    if (!known) {
      throw unreachable(
          tried, "the container " + name + " has addresses " + addresses + ", the node has others");
    }
    return new TargetNode(
        name, container.getId(), node.at("/status/nodeInfo/architecture").asText());
  }

  private static ImageException unreachable(String tried, String why) {
    return new ImageException(
        ImageException.Reason.NODE_UNREACHABLE,
        tried,
        why,
        "this delivery goes into the nodes of a kind cluster in this Docker; for any other cluster"
            + " push the image to a registry",
        null,
        null);
  }

  /** Tells whether a stream into the node broke because the node went away, or Docker did. */
  void checkStillThere(DockerClient docker, String tried, Exception broken) {
    boolean running;
    try {
      running =
          Boolean.TRUE.equals(docker.inspectContainerCmd(container).exec().getState().getRunning());
    } catch (NotFoundException e) {
      running = false;
    } catch (RuntimeException e) {
      broken.addSuppressed(e); // Docker itself: what broke says so.
      return;
    }
    if (!running) {
      throw new ImageException(
          ImageException.Reason.NODE_UNREACHABLE,
          tried,
          "the node " + name + " went away in the middle: " + broken.getMessage(),
          "look at it (docker ps -a), and start it or make the cluster anew",
          null,
          broken);
    }
  }

  void checkArchitecture(String tried, String what, String of) {
    if (!of.equals(architecture)) {
      throw new ImageException(
          ImageException.Reason.WRONG_ARCHITECTURE,
          tried,
          what + " is for linux/" + of + ", the node " + name + " is linux/" + architecture,
          "compile for the node: GOARCH=" + architecture,
          null,
          null);
    }
  }
}
