package dev.pilothouse.cluster;

import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.ApiServer;
import dev.pilothouse.internal.PortInUse;
import dev.pilothouse.toolbox.RunDirectory;
import dev.pilothouse.toolbox.Toolbox;
import dev.pilothouse.toolbox.ToolboxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Opens clusters of our own processes. Safe for use by several threads and JVMs. */
final class LocalClusterManager implements ClusterManager<LocalClusterSpec, OwnedCluster> {
  private static final String RUN_PREFIX = "cluster-";

  private final Toolbox toolbox;
  private final Path runRoot;

  LocalClusterManager(Toolbox toolbox, Path runRoot) {
    this.toolbox = toolbox;
    this.runRoot = runRoot;
  }

  @Override
  public OwnedCluster open(LocalClusterSpec spec) {
    Supplier<LocalCredentials> credentials = LocalCredentials.inBackground();
    Binaries binaries = Binaries.of(toolbox);
    String tried = "opening local cluster " + spec.name();
    if (spec.lifetime() == Lifetime.KEEP && list().contains(spec.name())) {
      String toDo = "find it and use it or delete it, or choose another name";
      throw new PilothouseException(tried, "one of that name is kept", toDo, null, null);
    }
    PortInUse.refuse(tried, spec.port());
    Manifests definitions =
        spec.definitions() == null ? istioDefinitions(tried) : spec.definitions();
    return explained(
        tried,
        () -> {
          EtcdTemplate template =
              EtcdTemplate.at(
                  toolbox.cacheDirectory(), binaries, definitions, spec.apiServerFlags());
          if (!template.exists()) {
            EtcdTemplateMaker.make(template, binaries, definitions, spec, runRoot);
          }
          RunDirectory run = RunDirectory.open(runRoot, RUN_PREFIX + spec.name());
          return orUndo(run::delete, () -> start(binaries, spec, template, credentials.get(), run));
        });
  }

  private Manifests istioDefinitions(String tried) {
    return toolbox
        .findIstioFiles()
        .map(files -> Manifests.files(files.customResourceDefinitions()))
        .orElseThrow(
            () ->
                new PilothouseException(
                    tried,
                    "Istio's CustomResourceDefinitions are not in the cache "
                        + toolbox.cacheDirectory(),
                    "let the toolbox provision them (provisionIstioFiles), or name your own in the"
                        + " specification",
                    null,
                    null));
  }

  private static OwnedCluster start(
      Binaries binaries,
      LocalClusterSpec spec,
      EtcdTemplate template,
      LocalCredentials credentials,
      RunDirectory run) {
    template.copyTo(run.path().resolve(ControlPlane.DATA));
    ControlPlane processes = ControlPlane.start(run, binaries, spec, credentials);
    LocalCluster cluster = LocalCluster.begin(spec.name(), run, processes, credentials);
    return orUndo(
        cluster::delete,
        () -> {
          processes.awaitReady(new ApiServer(cluster.client()), template.kinds(), spec.deadline());
          if (spec.lifetime() == Lifetime.KEEP) {
            cluster.keep();
          }
          cluster.watchNamespaces();
          return cluster;
        });
  }

  @Override
  public Optional<OwnedCluster> find(String name) {
    return explained(
        "finding local cluster " + name,
        () ->
            RunDirectory.find(runRoot, RUN_PREFIX + name)
                .map(
                    run -> {
                      LocalCluster cluster = LocalCluster.resume(name, run);
                      cluster.watchNamespaces();
                      return cluster;
                    }));
  }

  @Override
  public List<String> list() {
    return explained(
        "listing local clusters",
        () ->
            RunDirectory.kept(runRoot).stream()
                .filter(run -> run.startsWith(RUN_PREFIX))
                .map(run -> run.substring(RUN_PREFIX.length()))
                .sorted()
                .toList());
  }

  /** Takes back what was begun if the work on it fails. */
  static <T> T orUndo(Runnable undo, Supplier<T> work) {
    try {
      return work.get();
    } catch (RuntimeException | Error e) {
      try {
        undo.run();
      } catch (RuntimeException second) {
        e.addSuppressed(second);
      }
      throw e;
    }
  }

  private static <T> T explained(String tried, Supplier<T> work) {
    try {
      return work.get();
    } catch (ToolboxException e) {
      // Without its evidence: what failed has been deleted, and the message holds the log's end.
      throw new PilothouseException(tried, e.summary(), "", null, e);
    }
  }
}
