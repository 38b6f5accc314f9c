package dev.pilothouse.kind;

import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.ContainerPort;
import dev.pilothouse.cluster.Applied;
import dev.pilothouse.cluster.ClusterAccess;
import dev.pilothouse.cluster.Manifests;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.EvenIfInterrupted;
import dev.pilothouse.internal.Poll;
import dev.pilothouse.toolbox.RunDirectory;
import dev.pilothouse.toolbox.ToolboxException;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A handle on a kind cluster. */
final class ContainerCluster implements KindCluster {
  static final String KUBECONFIG = "kubeconfig";

  private static final int API_SERVER_PORT = 6443;
  private static final Duration REMOVAL = Duration.ofMinutes(1);

  private final String name;
  private final Docker docker;
  private final KindCommand kind;
  private final RunDirectory run;
  private final Optional<Mark> mark;

  /** Ends the cluster at the JVM's exit; null if the cluster outlives this handle. */
  private final @Nullable AtExit atExit;

  private final ClusterAccess access;
  private volatile boolean closed;
  private volatile boolean deleted;

  ContainerCluster(
      String name,
      Docker docker,
      KindCommand kind,
      RunDirectory run,
      Optional<Mark> mark,
      @Nullable AtExit atExit) {
    this.name = name;
    this.docker = docker;
    this.kind = kind;
    this.run = run;
    this.mark = mark;
    this.atExit = atExit;
    this.access = ClusterAccess.open(run.path().resolve(KUBECONFIG), () -> deleted);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public KubernetesClient client() {
    return access.client();
  }

  @Override
  public Path kubeconfig() {
    return run.path().resolve(KUBECONFIG);
  }

  @Override
  public Applied apply(Manifests manifests) {
    if (closed) {
      throw new PilothouseException(
          "applying manifests to kind cluster " + name, "this handle is closed", "", null, null);
    }
    return access.apply(manifests);
  }

  @Override
  public List<KindNode> nodes() {
    return containers("listing the nodes of kind cluster " + name).stream()
        .<KindNode>map(container -> ContainerNode.of(container, docker.host()))
        .toList();
  }

  private List<Container> containers(String tried) {
    List<Container> nodes =
        FoundCluster.find(docker, tried, name).map(FoundCluster::nodes).orElse(List.of());
    if (nodes.isEmpty()) {
      throw new PilothouseException(tried, "its containers are gone", "open it anew", null, null);
    }
    return nodes;
  }

  @Override
  public List<PortMapping> ports() {
    Map<Integer, PortMapping> ports = new TreeMap<>();
    containers("looking up the ports of kind cluster " + name).stream()
        .flatMap(container -> Stream.of(container.getPorts()))
        .forEach(port -> mapping(port).ifPresent(m -> ports.putIfAbsent(m.containerPort(), m)));
    return List.copyOf(ports.values());
  }

  private static Optional<PortMapping> mapping(ContainerPort port) {
    Integer inside = port.getPrivatePort();
    Integer outside = port.getPublicPort();
    return inside == null || outside == null || inside == API_SERVER_PORT
        ? Optional.empty()
        : Optional.of(new PortMapping(inside, outside));
  }

  @Override
  public int hostPort(int containerPort) {
    List<PortMapping> ports = ports();
    return ports.stream()
        .filter(port -> port.containerPort() == containerPort)
        .findFirst()
        .map(PortMapping::hostPort)
        .orElseThrow(
            () ->
                new PilothouseException(
                    "looking up port " + containerPort + " of kind cluster " + name,
                    "its nodes publish " + (ports.isEmpty() ? "no port" : "only " + ports),
                    "ask for it when the cluster is made: KindSpec.withPort",
                    null,
                    null));
  }

  @Override
  public Applied exposeIstiod(String namespace, Duration deadline) {
    return IstiodNodePorts.expose(this, namespace, deadline);
  }

  @Override
  public boolean madeByPilothouse() {
    return mark.isPresent();
  }

  @Override
  public DockerHost docker() {
    return docker.host();
  }

  @Override
  public void load(List<String> images) {
    String tried = "loading " + String.join(", ", images) + " into kind cluster " + name;
    docker.refuseForeign(tried, "image", images);
    try {
      kind.load(name, images, run.path());
    } catch (ToolboxException e) {
      throw new PilothouseException(
          tried, e.summary(), "docker images shows what Docker has", null, e);
    }
  }

  @Override
  public void exportLogs(Path directory) {
    String tried = "exporting the logs of kind cluster " + name + " to " + directory;
    try {
      kind.exportLogs(name, directory.toAbsolutePath(), run.path());
    } catch (ToolboxException e) {
      throw new PilothouseException(tried, e.summary(), "", null, e);
    }
  }

  @Override
  public synchronized void delete() {
    if (deleted) {
      return;
    }
    String tried = "deleting kind cluster " + name;
    Mark own =
        mark.orElseThrow(
            () ->
                new PilothouseException(
                    tried,
                    "Pilothouse did not make it",
                    "whoever made it deletes it: kind delete cluster --name " + name,
                    null,
                    null));
    remove(docker, tried, name, own.run());
    deleted = true;
    end();
  }

  /** Removes what a run has made of a cluster; nothing else that bears its name. */
  static void remove(Docker docker, String tried, String name, String run) {
    EvenIfInterrupted.run(
        () -> {
          var unused = Poll.require(tried, REMOVAL, () -> removed(docker, tried, name, run));
        });
  }

  /** Docker 20.10 goes on listing what is removed while it is made, until it is removed again. */
  private static Optional<Boolean> removed(Docker docker, String tried, String name, String run)
      throws Poll.NotYet {
    List<Container> left =
        FoundCluster.find(docker, tried, name)
            .map(cluster -> cluster.madeByRun(run))
            .orElse(List.of());
    if (left.isEmpty()) {
      return Optional.of(true);
    }
    left.stream().parallel().forEach(container -> docker.remove(tried, container.getId()));
    throw new Poll.NotYet(
        "Docker lists " + left.stream().map(FoundCluster::nameOf).toList() + " after removal");
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    try {
      if (atExit != null) {
        delete();
      }
    } finally {
      end();
    }
  }

  private void end() {
    if (closed) {
      return;
    }
    closed = true;
    if (atExit != null) {
      atExit.close();
    }
    access.close();
    run.close();
  }

  @Override
  public String toString() {
    return "Cluster[kind " + name + ", " + kubeconfig() + "]";
  }
}
