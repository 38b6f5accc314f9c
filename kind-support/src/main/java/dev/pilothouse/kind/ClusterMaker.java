package dev.pilothouse.kind;

import dev.pilothouse.cluster.Lifetime;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.EvenIfInterrupted;
import dev.pilothouse.internal.Poll;
import dev.pilothouse.internal.PortInUse;
import dev.pilothouse.internal.TimeLeft;
import dev.pilothouse.toolbox.Command;
import dev.pilothouse.toolbox.RunDirectory;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Makes one cluster, or leaves nothing of it. */
final class ClusterMaker {
  private static final Duration EXEC_DEADLINE = Duration.ofSeconds(30);
  private static final int CHOICES = 3;

  /** How long Docker may take to make a container whose command has been ended. */
  private static final Duration TO_BE_MADE = Duration.ofSeconds(5);

  private final Docker docker;
  private final KindCommand kind;
  private final KindConfig config;
  private final KindSpec spec;
  private final Mark mark;
  private final RunDirectory run;
  private final Consumer<KindEvent> listener;

  /** Whether kind has asked Docker for containers, and did not say that they are there. */
  private volatile boolean preparing;

  ClusterMaker(
      Docker docker,
      KindCommand kind,
      KindConfig config,
      Mark mark,
      RunDirectory run,
      Consumer<KindEvent> listener) {
    this.docker = docker;
    this.kind = kind;
    this.config = config;
    this.spec = config.spec();
    this.mark = mark;
    this.run = run;
    this.listener = listener;
  }

  /** Makes it and waits until it is ready. */
  KindCluster make(String request) {
    String tried = "creating kind cluster " + spec.name();
    docker.refuseForeign(tried, "node image", config.images());
    checkPorts(tried);
    AtExit atExit = new AtExit("kind-" + spec.name(), () -> leaveNothing(tried, run::close));
    return orUndo(
        () -> {
          leaveNothing(tried, () -> {});
          atExit.close();
        },
        () -> make(request, atExit));
  }

  private KindCluster make(String request, AtExit atExit) {
    long end = System.nanoTime() + spec.deadline().toNanos();
    Path file = run.write("kind.yaml", config.marked(mark));
    listener.accept(new KindEvent.Creating(spec.name()));
    WarmUp.inBackground();
    create(file);
    boolean kept = spec.lifetime() == Lifetime.KEEP;
    ContainerCluster cluster =
        new ContainerCluster(
            spec.name(), docker, kind, run, Optional.of(mark), kept ? null : atExit);
    return orUndo(
        cluster::close,
        () -> {
          listener.accept(new KindEvent.AwaitingReadiness(spec.name()));
          new CoreDns(cluster.client()).probeEachSecond();
          awaitReadiness(cluster, TimeLeft.until(end));
          markWhole(cluster, request);
          if (kept) {
            atExit.close();
          }
          return cluster;
        });
  }

  /**
   * Runs kind. Where it may choose a port it takes a free one, and until Docker has it another
   * program may: then there is another choice.
   */
  private void create(Path file) {
    Path kubeconfig = run.path().resolve(ContainerCluster.KUBECONFIG);
    for (int left = CHOICES; ; left--) {
      try {
        kind.create(spec, file, kubeconfig, run, this::said);
        return;
      } catch (PilothouseException e) {
        OptionalInt taken = KindCommand.takenPort(String.valueOf(e.getMessage()));
        boolean wanted =
            taken.isPresent()
                && spec.ports().stream().anyMatch(port -> port.hostPort() == taken.getAsInt());
        if (left == 1 || taken.isEmpty() || wanted) {
          throw e;
        }
        removeContainers("creating it again");
      }
    }
  }

  private void said(String line) {
    if (line.contains("Preparing nodes")) {
      preparing = !line.startsWith("✓");
    }
    listener.accept(new KindEvent.Output(spec.name(), line));
  }

  void awaitReadiness(KindCluster cluster, Duration deadline) {
    Readiness readiness = new Readiness(spec.name(), cluster.client(), deadline);
    if (config.withoutNetwork()) {
      readiness.awaitDefaultServiceAccount(); // The user brings the network, and waits for it.
    } else {
      readiness.await(config.nodeCount());
    }
  }

  private void markWhole(KindCluster cluster, String request) {
    ByteArrayInputStream text = new ByteArrayInputStream(request.getBytes(StandardCharsets.UTF_8));
    Command.Result written =
        cluster.nodes().get(0).exec(List.of("tee", FoundCluster.REQUEST_FILE), text, EXEC_DEADLINE);
    if (written.exitCode() != 0) {
      throw new PilothouseException(
          "marking kind cluster " + spec.name() + " as ready", written.stderr(), "", null, null);
    }
  }

  /** kind says only after many seconds that a port is taken, and never by whom. */
  private void checkPorts(String tried) {
    if ("unix".equals(docker.host().uri().getScheme())) {
      spec.ports().forEach(port -> PortInUse.refuse(tried, port.hostPort()));
    }
  }

  /** Ends kind if it still runs, and removes the containers that it made. */
  private void leaveNothing(String tried, Runnable first) {
    first.run();
    removeContainers(tried);
  }

  private void removeContainers(String tried) {
    if (preparing) {
      EvenIfInterrupted.run(() -> awaitContainers(tried));
      preparing = false;
    }
    ContainerCluster.remove(docker, tried, spec.name(), mark.run());
  }

  /** Docker goes on to make what it was asked for when nobody waits for it any more. */
  private void awaitContainers(String tried) {
    var unused =
        Poll.until(
            tried,
            TO_BE_MADE,
            () ->
                FoundCluster.find(docker, tried, spec.name())
                    .filter(found -> found.madeByRun(mark.run()).size() >= config.nodeCount()));
  }

  /** Takes back what was begun if the work on it fails. */
  static <T> T orUndo(Runnable undo, Supplier<T> work) {
    try {
      return work.get();
    } catch (RuntimeException | Error e) {
      try {
        EvenIfInterrupted.run(undo);
      } catch (RuntimeException second) {
        e.addSuppressed(second);
      }
      throw e;
    }
  }
}
