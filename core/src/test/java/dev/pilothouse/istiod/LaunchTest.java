package dev.pilothouse.istiod;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pilothouse.source.IstiodBinary;
import dev.pilothouse.source.IstiodBinary.BuildVersion;
import dev.pilothouse.toolbox.ProcessSpec;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class LaunchTest {
  private static final IstiodBinary BINARY =
      new IstiodBinary(
          Path.of("/bin/pilot-discovery"),
          new BuildVersion("1.31-dev", "abc", "Clean", "x"),
          IstiodBinary.Flavor.STOCK);

  @Test
  void everyPortIsOnLoopback() {
    assertThat(process(IstiodSpec.defaults()).command())
        .startsWith("/bin/pilot-discovery", "discovery")
        .contains(
            "--kubeconfig=/run/kubeconfig",
            "--meshConfig=/run/mesh.yaml",
            "--httpAddr=127.0.0.1:1",
            "--monitoringAddr=",
            "--grpcAddr=127.0.0.1:2",
            "--secureGRPCAddr=127.0.0.1:3",
            "--httpsAddr=127.0.0.1:4",
            "--ctrlz_address=127.0.0.1",
            "--ctrlz_port=5")
        .noneMatch(argument -> argument.startsWith("--log_output_level"));
  }

  @Test
  void whatTheUserSaysComesLast() {
    IstiodSpec spec =
        IstiodSpec.defaults()
            .withArguments("--domain=example.org")
            .withLogLevel("delta", "debug")
            .withLogLevel("ads", "info");
    assertThat(process(spec).command())
        .contains("--log_output_level=ads:info,delta:debug")
        .endsWith("--domain=example.org");
  }

  @Test
  void theEnvironmentIsTheProfilesWithTheUsersOverIt() {
    IstiodSpec spec =
        IstiodSpec.defaults()
            .withRevision("canary")
            .withEnvironment("PILOT_ENABLE_ALPN_FILTER", "true")
            .withEnvironment("POD_NAMESPACE", "mesh")
            .withEnvironment("ISTIOD_CUSTOM_HOST", "istiod.example.org");
    assertThat(process(spec).environment())
        .containsEntry("PILOT_ENABLE_METADATA_EXCHANGE", "false")
        .containsEntry("PILOT_ENABLE_ALPN_FILTER", "true")
        .containsEntry("POD_NAME", "istiod")
        .containsEntry("POD_NAMESPACE", "mesh")
        .containsEntry("CLUSTER_ID", "Kubernetes")
        .containsEntry("REVISION", "canary")
        .containsEntry("ISTIOD_CUSTOM_HOST", "localhost,istiod.example.org");
  }

  @Test
  void nobodysWebhooksArePatched() {
    assertThat(process(IstiodSpec.defaults()).environment())
        .containsEntry("INJECTION_WEBHOOK_CONFIG_NAME", "")
        .containsEntry("VALIDATION_WEBHOOK_CONFIG_NAME", "");
  }

  @Test
  void theDefaultsProfileSetsNothing() {
    IstiodSpec spec = IstiodSpec.defaults().withProfile(MeshProfile.ISTIO_DEFAULTS);
    assertThat(process(spec).environment().keySet()).noneMatch(name -> name.startsWith("PILOT_"));
  }

  private static ProcessSpec process(IstiodSpec spec) {
    return new Launch(
            spec,
            new Ports(1, 2, 3, 4, 5, 0),
            Path.of("/run"),
            Path.of("/run/kubeconfig"),
            Path.of("/run/mesh.yaml"))
        .process(BINARY);
  }
}
