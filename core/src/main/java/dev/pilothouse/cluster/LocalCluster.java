package dev.pilothouse.cluster;

import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.ApiServer;
import dev.pilothouse.toolbox.RunDirectory;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/** A cluster of our own processes. */
final class LocalCluster implements OwnedCluster {
  /** The administrator's kubeconfig, below the run directory. */
  static final String KUBECONFIG = "kubeconfig";

  private final String name;
  private final RunDirectory run;

  /** Those without which it does not work, the deepest first. */
  private final List<Component> components;

  private final KubernetesClient client;
  private final ServerSideApply apply;
  private final NamespaceFinalizer namespaces;
  private volatile boolean kept;
  private volatile boolean closed;
  private volatile boolean deleted;

  private LocalCluster(String name, RunDirectory run, List<Component> components, Config config) {
    this.name = name;
    this.run = run;
    this.components = List.copyOf(components);
    this.client = KubernetesClients.forOwnServer(config, new OwnServerHttp(this::death));
    this.apply = new ServerSideApply(client, this::isGone);
    this.namespaces = new NamespaceFinalizer(new ApiServer(client));
  }

  /** A cluster whose processes have just been started. */
  static LocalCluster begin(
      String name, RunDirectory run, ControlPlane processes, LocalCredentials credentials) {
    run.write(KUBECONFIG, credentials.kubeconfig(name, processes.url()));
    Config config = credentials.clientConfig(processes.url());
    return new LocalCluster(name, run, processes.components(), config);
  }

  /** A cluster that was kept. */
  static LocalCluster resume(String name, RunDirectory run) {
    Config config = KubernetesClients.config(run.path().resolve(KUBECONFIG));
    LocalCluster cluster = new LocalCluster(name, run, Component.read(run), config);
    cluster.kept = true;
    return cluster;
  }

  /** From now on closing it only lets go of it. */
  void keep() {
    Component.write(components, run);
    run.keep();
    kept = true;
  }

  /** Begins to end namespaces that are deleted, as the controllers of a whole cluster do. */
  void watchNamespaces() {
    namespaces.start();
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
    return run.path().resolve(KUBECONFIG);
  }

  @Override
  public Applied apply(Manifests manifests) {
    if (closed) {
      throw new PilothouseException(
          "applying manifests to local cluster " + name, "it is closed", "", null, null);
    }
    return apply.apply(manifests);
  }

  @Override
  public void exportLogs(Path directory) {
    try {
      Files.createDirectories(directory);
      for (Component component : components) {
        Path target = directory.resolve(component.name() + ".log");
        Files.copy(component.log(), target, StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      throw new PilothouseException(
          "copying the logs of local cluster " + name + " to " + directory,
          e.toString(),
          "",
          run.path(),
          e);
    }
  }

  @Override
  public synchronized void delete() {
    end();
    deleted = true;
    run.delete();
  }

  @Override
  public synchronized void close() {
    end();
    deleted = deleted || !kept;
    run.close();
  }

  private void end() {
    if (!closed) {
      closed = true;
      namespaces.close();
      client.close();
    }
  }

  private boolean isGone() {
    return deleted || death().isPresent();
  }

  /** Which process has died, if one has. */
  private Optional<PilothouseException> death() {
    return components.stream()
        .filter(component -> !component.alive().getAsBoolean())
        .findFirst()
        .map(
            component ->
                new PilothouseException(
                    "calling the API server of local cluster " + name,
                    component.obituary(),
                    "close this cluster and open another",
                    component.log(),
                    null));
  }

  @Override
  public String toString() {
    return "Cluster[local " + name() + ", " + kubeconfig() + "]";
  }
}
