package dev.pilothouse.kind;

import dev.pilothouse.cluster.Lifetime;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.Poll;
import dev.pilothouse.internal.Sha256;
import dev.pilothouse.toolbox.RunDirectory;
import dev.pilothouse.toolbox.Tool;
import dev.pilothouse.toolbox.Toolbox;
import dev.pilothouse.toolbox.ToolboxException;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The kind clusters of one Docker. */
final class DockerKindClusters implements KindClusters {
  private static final Logger LOG = LoggerFactory.getLogger(DockerKindClusters.class);
  private static final String RUN_PREFIX = "kind-";
  private static final Duration TO_BE_LISTED = Duration.ofSeconds(30);

  private final Toolbox toolbox;
  private final Docker docker;
  private final Path runRoot;
  private final String scope;
  private final Consumer<KindEvent> listener;

  DockerKindClusters(Toolbox toolbox, DockerHost host, Path runRoot, Consumer<KindEvent> listener) {
    this.toolbox = toolbox;
    this.docker = new Docker(host);
    this.runRoot = runRoot.toAbsolutePath().normalize();
    this.scope = shortHash(System.getProperty("user.name") + "\n" + this.runRoot);
    this.listener = listener;
  }

  @Override
  public KindCluster open(KindSpec spec) {
    String tried = "opening kind cluster " + spec.name();
    long start = System.nanoTime();
    KindCommand kind = kind();
    KindConfig config = KindConfig.of(spec);
    docker.ping(tried);
    KindCluster cluster =
        withRun(
            tried,
            spec.name(),
            run -> {
              sweep(tried);
              return open(tried, config, kind, run);
            });
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    listener.accept(new KindEvent.Ready(spec.name(), took));
    return cluster;
  }

  private static String shortHash(String text) {
    return Sha256.ofText(text).substring(0, 16);
  }

  private KindCluster open(String tried, KindConfig config, KindCommand kind, RunDirectory run) {
    KindSpec spec = config.spec();
    String request = config.request();
    Mark mark = new Mark(scope, run.id(), spec.lifetime(), shortHash(request));
    ClusterMaker maker = new ClusterMaker(docker, kind, config, mark, run, listener);
    while (true) {
      Optional<FoundCluster> there = awaitTurn(tried, spec, mark, request);
      if (there.isPresent()) {
        listener.accept(new KindEvent.Reused(spec.name()));
        ContainerCluster cluster = attach(kind, there.get(), run);
        return ClusterMaker.orUndo(
            cluster::close,
            () -> {
              maker.awaitReadiness(cluster, spec.deadline());
              return cluster;
            });
      }
      try {
        return maker.make(request);
      } catch (PilothouseException e) {
        // Another may have been quicker; what we began is gone.
        if (spec.lifetime() != Lifetime.KEEP
            || Thread.currentThread().isInterrupted()
            || !isThere(tried, spec.name(), e)) {
          throw e;
        }
      }
    }
  }

  private boolean isThere(String tried, String name, PilothouseException failure) {
    // Docker gives a name away before it lists the container that has it.
    boolean taken = KindCommand.nameIsTaken(String.valueOf(failure.getMessage()));
    return Poll.until(
                tried,
                taken ? TO_BE_LISTED : Duration.ZERO,
                () -> FoundCluster.find(docker, tried, name))
            .value()
        != null;
  }

  /**
   * Waits while another JVM makes the same cluster.
   *
   * @return the cluster to use again; empty when the name is free
   */
  private Optional<FoundCluster> awaitTurn(String tried, KindSpec spec, Mark mark, String request) {
    return Poll.require(
        tried,
        spec.deadline(),
        () -> {
          Optional<FoundCluster> there = FoundCluster.find(docker, tried, spec.name());
          if (there.isPresent()) {
            refuseOther(tried, there.get(), mark, request);
          }
          return Optional.of(there);
        });
  }

  private void refuseOther(String tried, FoundCluster there, Mark mark, String request)
      throws Poll.NotYet {
    Mark found =
        there
            .mark()
            .orElseThrow(
                () ->
                    taken(
                        tried,
                        "there is a kind cluster of that name that Pilothouse did not make",
                        "find it and use it, or choose another name"));
    boolean same = found.lifetime() == Lifetime.KEEP && found.request().equals(mark.request());
    Optional<String> made = there.request(docker, tried);
    if (same && made.isPresent()) {
      return;
    }
    if (same) {
      throw new Poll.NotYet("another JVM is making it");
    }
    String toDo = "choose another name, or find that cluster and delete it";
    if (made.isEmpty()) {
      throw taken(
          tried,
          "another cluster of that name is being made",
          "choose another name; if nobody is making it any more, delete its containers: docker rm"
              + " -f -v "
              + String.join(" ", there.containers().stream().map(FoundCluster::nameOf).toList()));
    }
    if (found.lifetime() == Lifetime.HANDLE) {
      throw taken(tried, "there is a cluster of that name that another handle owns", toDo);
    }
    String difference = KindConfig.difference(made.get(), request);
    throw taken(
        tried, "there is a cluster of that name, made from another request:" + difference, toDo);
  }

  private static PilothouseException taken(String tried, String words, String toDo) {
    return new PilothouseException(tried, words, toDo, null, null);
  }

  /**
   * Deletes what dead JVMs have left: clusters that end with their handle, and half-made ones. What
   * cannot be deleted is left to the next sweep.
   */
  private void sweep(String tried) {
    for (FoundCluster cluster : FoundCluster.all(docker, tried)) {
      try {
        sweep(tried, cluster);
      } catch (PilothouseException e) {
        LOG.warn("Cannot delete the leftover kind cluster {}: {}", cluster.name(), e.getMessage());
      }
    }
  }

  private void sweep(String tried, FoundCluster cluster) {
    Mark mark = cluster.mark().filter(m -> m.scope().equals(scope)).orElse(null);
    if (mark != null
        && RunDirectory.ownerOf(runRoot, mark.run()) == RunDirectory.Owner.DEAD
        && (mark.lifetime() == Lifetime.HANDLE || cluster.request(docker, tried).isEmpty())) {
      ContainerCluster.remove(docker, tried, cluster.name(), mark.run());
      listener.accept(new KindEvent.Swept(cluster.name()));
    }
  }

  @Override
  public Optional<KindCluster> find(String name) {
    String tried = "finding kind cluster " + name;
    return FoundCluster.find(docker, tried, name)
        .filter(cluster -> isWhole(tried, cluster))
        .map(
            cluster -> {
              KindCommand kind = kind();
              return withRun(
                  tried,
                  name,
                  run -> {
                    ContainerCluster handle = attach(kind, cluster, run);
                    return ClusterMaker.orUndo(handle::close, () -> answering(tried, handle));
                  });
            });
  }

  private static KindCluster answering(String tried, ContainerCluster cluster) {
    try {
      cluster.client().getKubernetesVersion();
      return cluster;
    } catch (KubernetesClientException e) {
      String words = "its API server does not answer: " + e.getMessage();
      String toDo = "see whether its containers run (docker ps -a), and start or delete them";
      throw new PilothouseException(tried, words, toDo, null, e);
    }
  }

  private boolean isWhole(String tried, FoundCluster cluster) {
    return !cluster.nodes().isEmpty()
        && (cluster.mark().isEmpty() || cluster.request(docker, tried).isPresent());
  }

  private ContainerCluster attach(KindCommand kind, FoundCluster found, RunDirectory run) {
    run.write(ContainerCluster.KUBECONFIG, kind.kubeconfig(found.name(), run.path()));
    return new ContainerCluster(found.name(), docker, kind, run, found.mark(), null);
  }

  @Override
  public List<String> list() {
    String tried = "listing the kind clusters";
    return FoundCluster.all(docker, tried).stream()
        .filter(cluster -> isWhole(tried, cluster))
        .map(FoundCluster::name)
        .sorted()
        .toList();
  }

  @Override
  public List<String> deleteAll() {
    String tried = "deleting all kind clusters that Pilothouse made";
    TreeSet<String> deleted = new TreeSet<>();
    for (FoundCluster cluster : FoundCluster.all(docker, tried)) {
      cluster
          .mark()
          .filter(mark -> mark.scope().equals(scope))
          .ifPresent(
              mark -> {
                ContainerCluster.remove(docker, tried, cluster.name(), mark.run());
                deleted.add(cluster.name());
              });
    }
    return List.copyOf(deleted);
  }

  private KindCommand kind() {
    return new KindCommand(toolbox.require(Tool.KIND).path(), docker.host());
  }

  private interface Opening {
    KindCluster open(RunDirectory run);
  }

  private KindCluster withRun(String tried, String name, Opening opening) {
    return explained(
        tried,
        () -> {
          RunDirectory run = RunDirectory.open(runRoot, RUN_PREFIX + name);
          return ClusterMaker.orUndo(run::close, () -> opening.open(run));
        });
  }

  private static <T> T explained(String tried, Supplier<T> work) {
    try {
      return work.get();
    } catch (ToolboxException e) {
      throw new PilothouseException(tried, e.summary(), "", null, e);
    }
  }
}
