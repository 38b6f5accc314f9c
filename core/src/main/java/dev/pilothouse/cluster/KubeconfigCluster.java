package dev.pilothouse.cluster;

import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.toolbox.RunDirectory;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Somebody else's cluster. What was applied to it and not undone when the JVM exits, while this
 * handle is open, is undone then.
 */
final class KubeconfigCluster implements Cluster {
  private static final Logger LOG = LoggerFactory.getLogger(KubeconfigCluster.class);

  private final String name;
  private final RunDirectory run;
  private final Path kubeconfig;
  private final KubernetesClient client;
  private final ServerSideApply apply;
  private final Deque<Applied> open = new ConcurrentLinkedDeque<>(); // the newest first
  private final Thread atExit = new Thread(this::undoAll, "pilothouse-undo");
  private volatile boolean closed;

  KubeconfigCluster(String name, RunDirectory run, Path kubeconfig, KubernetesClient client) {
    this.name = name;
    this.run = run;
    this.kubeconfig = kubeconfig;
    this.client = client;
    this.apply = new ServerSideApply(client, () -> false);
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public KubernetesClient client() {
    return client;
  }

  @Override
  public Path kubeconfig() {
    return kubeconfig;
  }

  @Override
  public Applied apply(Manifests manifests) {
    if (closed) {
      throw new PilothouseException(
          "applying manifests to cluster " + name, "this handle is closed", "", null, null);
    }
    AppliedResources applied = apply.apply(manifests);
    open.addFirst(applied);
    applied.whenClosed(() -> open.remove(applied));
    return applied;
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      forgetExit();
      client.close();
      run.close();
    }
  }

  private void forgetExit() {
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      LOG.debug("The JVM exits: {} undoes what is left", atExit.getName(), e);
    }
  }

  private void undoAll() {
    for (Applied applied : open) {
      try {
        applied.close();
      } catch (PilothouseException e) {
        LOG.warn("At the exit of the JVM something stays in cluster {}", name, e);
      }
    }
  }
}
