package dev.pilothouse.istiod;

import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.source.IstiodBinary;
import dev.pilothouse.toolbox.RunDirectory;
import dev.pilothouse.toolbox.ToolboxException;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import java.nio.file.Path;
import java.util.function.Supplier;

/** Runs istiod as a process beside a cluster. */
final class ProcessDeployer implements IstiodDeployer {
  private static final int PATIENCE_MILLIS = 10_000;

  private final Cluster cluster;
  private final OptionCheck options = new OptionCheck();

  ProcessDeployer(Cluster cluster) {
    this.cluster = cluster;
  }

  @Override
  public Istiod deploy(IstiodBinary binary, IstiodSpec spec) {
    String tried = "deploying istiod " + spec.name() + " beside the cluster " + cluster.name();
    MeshConfig meshConfig = MeshConfig.of(spec.profile(), spec.meshConfig());
    try {
      RunDirectory directory = RunDirectory.open(spec.name());
      ProcessIstiod istiod =
          orClose(directory::close, () -> prepare(binary, spec, meshConfig, directory));
      return orClose(
          istiod::close,
          () -> {
            istiod.start(tried, binary);
            return istiod;
          });
    } catch (ToolboxException | KubernetesClientException e) {
      throw new PilothouseException(tried, String.valueOf(e.getMessage()), "", null, e);
    }
  }

  private ProcessIstiod prepare(
      IstiodBinary binary, IstiodSpec spec, MeshConfig meshConfig, RunDirectory directory) {
    options.require(binary, spec, directory.path());
    Ports ports = Ports.reserve(directory, spec);
    Surroundings surroundings = Surroundings.prepare(cluster, spec);
    KubernetesClient client = withoutRetries(cluster.client());
    ValidationWebhook webhook = null;
    if (spec.validation()) {
      webhook = new ValidationWebhook(client, spec, ports.webhook(), surroundings);
      webhook.claimName();
    }
    Path meshFile = directory.write("mesh.yaml", meshConfig.yaml());
    Launch launch = new Launch(spec, ports, directory.path(), cluster.kubeconfig(), meshFile);
    AdminApi admin = new AdminApi(ports.admin());
    Setup setup = new Setup(launch, meshConfig, admin, webhook, client);
    return new ProcessIstiod(
        setup, directory, other -> options.require(other, spec, directory.path()));
  }

  /** Takes back what was begun if the next step fails. */
  private static <T> T orClose(Runnable close, Supplier<T> step) {
    try {
      return step.get();
    } catch (RuntimeException | Error e) {
      try {
        close.run();
      } catch (RuntimeException closing) {
        e.addSuppressed(closing);
      }
      throw e;
    }
  }

  /** Our own polling repeats questions, more often than the client would. */
  private static KubernetesClient withoutRetries(KubernetesClient client) {
    return client
        .newClient(
            new RequestConfigBuilder()
                .withRequestRetryBackoffLimit(0)
                .withRequestTimeout(PATIENCE_MILLIS)
                .build())
        .adapt(KubernetesClient.class);
  }
}
