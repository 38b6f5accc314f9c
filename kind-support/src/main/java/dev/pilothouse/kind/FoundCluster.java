package dev.pilothouse.kind;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.ContainerMount;
import dev.pilothouse.failure.PilothouseException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * A kind cluster as its containers tell of it.
 *
 * @param name its name
 * @param containers all its containers, nodes and load balancer, sorted by name
 * @param mark who made it; empty if it was not Pilothouse
 */
record FoundCluster(String name, List<Container> containers, Optional<Mark> mark) {
  /** Is written when a cluster has become ready, and holds the request. */
  static final String REQUEST_FILE = Mark.FOLDER + "/request.yaml";

  private static final String CONTROL_PLANE = "control-plane";
  private static final String WORKER = "worker";

  /** All kind clusters of a Docker. */
  static Collection<FoundCluster> all(Docker docker, String tried) {
    return group(docker.kindContainers(tried));
  }

  /** One kind cluster. */
  static Optional<FoundCluster> find(Docker docker, String tried, String name) {
    return group(docker.kindContainers(tried, name)).stream().findFirst();
  }

  private static Collection<FoundCluster> group(List<Container> containers) {
    Map<String, List<Container>> clusters = new TreeMap<>();
    for (Container container : containers) {
      String cluster = container.getLabels().get(Docker.CLUSTER_LABEL);
      clusters.computeIfAbsent(String.valueOf(cluster), name -> new ArrayList<>()).add(container);
    }
    List<FoundCluster> found = new ArrayList<>();
    clusters.forEach(
        (name, all) -> {
          all.sort(Comparator.comparing(FoundCluster::nameOf));
          Optional<Mark> mark =
              all.stream().map(FoundCluster::markOf).flatMap(Optional::stream).findFirst();
          found.add(new FoundCluster(name, List.copyOf(all), mark));
        });
    return found;
  }

  static String nameOf(Container container) {
    return container.getNames().length == 0
        ? container.getId()
        : container.getNames()[0].replaceFirst("^/", "");
  }

  static Optional<Mark> markOf(Container container) {
    for (ContainerMount mount : container.getMounts()) {
      Optional<Mark> mark = Mark.parse(String.valueOf(mount.getDestination()));
      if (mark.isPresent() && Mark.SOURCE.equals(mount.getSource())) {
        return mark;
      }
    }
    return Optional.empty();
  }

  /** Those that are nodes, the control planes first. */
  List<Container> nodes() {
    List<Container> nodes = new ArrayList<>(withRole(CONTROL_PLANE));
    nodes.addAll(withRole(WORKER));
    return nodes;
  }

  List<Container> controlPlanes() {
    return withRole(CONTROL_PLANE);
  }

  private List<Container> withRole(String role) {
    return containers.stream()
        .filter(container -> role.equals(container.getLabels().get(Docker.ROLE_LABEL)))
        .toList();
  }

  /**
   * Those that a run made. kind gives mounts to nodes only: a load balancer belongs to the nodes
   * that are there, or, when there are none yet, to whoever is making this cluster.
   */
  List<Container> madeByRun(String run) {
    boolean othersNodes =
        containers.stream().anyMatch(node -> isNode(node) && !runOf(node).equals(Optional.of(run)));
    return containers.stream()
        .filter(
            container ->
                isNode(container) ? runOf(container).equals(Optional.of(run)) : !othersNodes)
        .toList();
  }

  private static boolean isNode(Container container) {
    String role = String.valueOf(container.getLabels().get(Docker.ROLE_LABEL));
    return role.equals(CONTROL_PLANE) || role.equals(WORKER);
  }

  private static Optional<String> runOf(Container container) {
    return markOf(container).map(Mark::run);
  }

  /** The request that it was made from; empty while it is half-made. For clusters with a mark. */
  Optional<String> request(Docker docker, String tried) {
    List<Container> planes = controlPlanes();
    return planes.isEmpty()
        ? Optional.empty()
        : docker.ask(tried, client -> read(client, tried, planes.get(0).getId()));
  }

  /** Works on a container that does not run, too. */
  private static Optional<String> read(DockerClient client, String tried, String id) {
    try (TarArchiveInputStream archive =
        new TarArchiveInputStream(client.copyArchiveFromContainerCmd(id, REQUEST_FILE).exec())) {
      return archive.getNextEntry() == null
          ? Optional.empty()
          : Optional.of(new String(archive.readAllBytes(), StandardCharsets.UTF_8));
    } catch (NotFoundException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new PilothouseException(
          tried, "reading " + REQUEST_FILE + " of " + id + ": " + e, "", null, e);
    }
  }
}
