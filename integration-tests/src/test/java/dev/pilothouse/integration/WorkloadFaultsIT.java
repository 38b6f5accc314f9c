package dev.pilothouse.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.pilothouse.cluster.Applied;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.Poll;
import dev.pilothouse.istiod.Istiod;
import dev.pilothouse.istiod.IstiodDeployer;
import dev.pilothouse.istiod.IstiodSpec;
import dev.pilothouse.istiod.MeshProfile;
import dev.pilothouse.toolbox.MissingToolsException;
import dev.pilothouse.toolbox.Toolbox;
import dev.pilothouse.workload.HttpCall;
import dev.pilothouse.workload.HttpReply;
import dev.pilothouse.workload.NoReplyException;
import dev.pilothouse.workload.Workload;
import dev.pilothouse.workload.WorkloadSpec;
import dev.pilothouse.workload.WorkloadSpec.Port;
import dev.pilothouse.workload.WorkloadSpec.Security;
import dev.pilothouse.workload.Workloads;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What happens when a workload cannot be deployed, or breaks. */
class WorkloadFaultsIT {
  private static final Duration SOON = Duration.ofMinutes(1);
  private static final HttpCall GET = HttpCall.get("http://httpbin:8000/get");

  @RegisterExtension
  static final MeshFixture MESH =
      MeshFixture.of(IstiodSpec.defaults())
          .withWorkloads(WorkloadSpec.client("client"), WorkloadSpec.http("httpbin", 8000));

  private final Workload client = MESH.workload("client");

  @Test
  void whatEnvoyRejectsIsToldInItsOwnWordsAndLeavesNothing() {
    Set<Long> before = children();
    Applied bad =
        MESH.apply(
            """
            apiVersion: v1
            kind: Namespace
            metadata: {name: bad}
            ---
            apiVersion: networking.istio.io/v1alpha3
            kind: EnvoyFilter
            metadata: {name: bad, namespace: bad}
            spec:
              configPatches:
              - applyTo: HTTP_FILTER
                match: {context: SIDECAR_INBOUND}
                patch:
                  operation: INSERT_FIRST
                  value:
                    name: no.such.filter
                    typed_config:
                      '@type': type.googleapis.com/udpa.type.v1.TypedStruct
                      type_url: type.googleapis.com/no.such.Filter
                      value: {}
            """);
    WorkloadSpec spec = WorkloadSpec.http("rejected", 8300).withNamespace("bad");

    assertThatThrownBy(() -> MESH.deploy(spec))
        .isInstanceOf(PilothouseException.class)
        .hasMessageContaining(
            "deploying workload rejected.bad: its Envoy rejects what istiod sends")
        .hasMessageContaining("Listener")
        .hasMessageContaining("no.such.filter")
        .hasMessageContaining("The end of its log:");
    assertNothingLeftOf("rejected");
    assertThat(children()).isEqualTo(before);

    bad.close();
    assertThat(MESH.deploy(spec.withNamespace("good")).proxy().id()).isEqualTo("rejected.good");
  }

  @Test
  void istiosDefaultsAreTooMuchForAnUpstreamEnvoyAndTheMessageSaysWhatToDo() {
    IstiodSpec defaults =
        IstiodSpec.defaults()
            .withName("istiod-defaults")
            .withRevision("defaults")
            .withProfile(MeshProfile.ISTIO_DEFAULTS);
    try (Istiod istiod =
            IstiodDeployer.beside(MESH.cluster())
                .deploy(MeshFixture.istiodBinary(MESH.toolbox()), defaults);
        Workloads workloads = Workloads.local(MESH.cluster(), istiod, MESH.toolbox())) {
      assertThatThrownBy(() -> workloads.deploy(WorkloadSpec.client("plain")))
          .isInstanceOf(PilothouseException.class)
          .hasMessageContaining("its Envoy rejects what istiod sends")
          .hasMessageContaining("Didn't find a registered implementation")
          .hasMessageContaining("deploy istiod with MeshProfile.UPSTREAM_ENVOY");
    }
    assertNothingLeftOf("plain");
  }

  @Test
  void aDeadIstiodIsNamedBeforeAnythingIsApplied() {
    try (Istiod istiod =
            IstiodDeployer.beside(MESH.cluster())
                .deploy(
                    MeshFixture.istiodBinary(MESH.toolbox()),
                    IstiodSpec.defaults().withName("istiod-dead").withRevision("dead"));
        Workloads workloads = Workloads.local(MESH.cluster(), istiod, MESH.toolbox())) {
      Processes.kill(Processes.below(istiod.log().getParent()));

      assertThatThrownBy(() -> workloads.deploy(WorkloadSpec.client("orphan")))
          .isInstanceOf(PilothouseException.class)
          .hasMessageStartingWith("deploying workload orphan.default: ")
          .hasMessageContaining("istiod has exited with code 137");
    }
    assertNothingLeftOf("orphan");
  }

  @Test
  void aPlaintextEnvoyThatWaitsForCertificatesSaysSo() {
    IstiodSpec tls =
        IstiodSpec.defaults()
            .withName("istiod-tls")
            .withRevision("tls")
            .withProfile(MeshProfile.UPSTREAM_ENVOY_MTLS);
    try (Istiod istiod =
            IstiodDeployer.beside(MESH.cluster())
                .deploy(MeshFixture.istiodBinary(MESH.toolbox()), tls);
        Workloads workloads = Workloads.local(MESH.cluster(), istiod, MESH.toolbox())) {
      WorkloadSpec spec = WorkloadSpec.client("plain").withReadyDeadline(SOON);
      assertThatThrownBy(() -> workloads.deploy(spec))
          .isInstanceOf(PilothouseException.class)
          .hasMessageContaining("It waits for the certificates [default")
          .hasMessageContaining("or the workload with Security.MUTUAL_TLS");
    }
  }

  @Test
  void aPortThatAnotherProgramHasIsNamed() throws IOException {
    try (ServerSocket other = new ServerSocket(0)) {
      int port = other.getLocalPort();

      assertThatThrownBy(() -> MESH.deploy(WorkloadSpec.http("taken", port)))
          .isInstanceOf(PilothouseException.class)
          .hasMessageContaining("Address already in use")
          .hasMessageContaining(":" + port)
          .hasMessageContaining("ss -ltnp");
      assertNothingLeftOf("taken");
    }
  }

  @Test
  void aKilledEnvoyIsTold() {
    Workload victim = MESH.deploy(WorkloadSpec.client("victim"));
    victim.await(GET, reply -> reply.status() == 200, SOON);

    Processes.kill(envoysOf("victim.default"));

    // The kernel knows of its end before the JVM does.
    Poll.require(
        "its Envoy's end is told",
        SOON,
        () -> {
          Throwable told = catchThrowable(() -> victim.send(GET));
          assertThat(told).isInstanceOf(NoReplyException.class);
          return Optional.of(told)
              .filter(e -> e.getMessage().contains("its Envoy has exited with code 137"));
        });
    assertThatThrownBy(() -> victim.await(GET, reply -> true, SOON))
        .hasMessageContaining("its Envoy has exited with code 137");
  }

  @Test
  void aServerWhoseEnvoyIsKilledIsUnreachable() {
    MESH.deploy(WorkloadSpec.http("server", 8400));
    HttpCall call = HttpCall.get("http://server:8400/");
    client.await(call, reply -> reply.status() == 200, SOON);

    Processes.kill(envoysOf("server.default"));

    assertThat(client.send(call).status()).isEqualTo(503);
  }

  @Test
  void anApplicationThatIsNotThereGives503() {
    MESH.deploy(WorkloadSpec.client("empty").withPort(Port.http(8500).withApplication(1)));

    HttpReply reply =
        client.await(
            HttpCall.get("http://empty:8500/"), r -> r.body().contains("connection failure"), SOON);

    assertThat(reply.status()).isEqualTo(503);
  }

  @Test
  void aNameIsGivenOnce() {
    assertThatThrownBy(() -> MESH.workloads().deploy(WorkloadSpec.client("client")))
        .hasMessageContaining("a workload of that name is deployed already");
    try (Workloads others = Workloads.local(MESH.cluster(), MESH.istiod(), MESH.toolbox())) {
      assertThatThrownBy(() -> others.deploy(WorkloadSpec.client("client")))
          .hasMessageContaining("the cluster has a workload of that name already");
    }
  }

  @Test
  void workloadsBehindOneServiceHaveTheSamePorts() {
    WorkloadSpec other = WorkloadSpec.http("httpbin-v2", 8001).withService("httpbin");

    assertThatThrownBy(() -> MESH.deploy(other))
        .hasMessageContaining("another workload stands behind the Service default/httpbin")
        .hasMessageContaining("give both the same ports");
    assertNothingLeftOf("httpbin-v2");
  }

  @Test
  void whatADeadRunLeftInTheClusterIsRemovedAndNothingElse() throws IOException {
    String host = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    String entry =
        """
        apiVersion: networking.istio.io/v1
        kind: WorkloadEntry
        metadata:
          name: %s
          labels: {app.kubernetes.io/managed-by: %s}
          annotations: {pilothouse.dev/run: "%s"}
        spec: {address: 127.42.0.1}
        """;
    for (String one :
        List.of(
            entry.formatted("dead", "pilothouse", host + ":/no/such/run"),
            entry.formatted("alive", "pilothouse", host + ":/"),
            entry.formatted("elsewhere", "pilothouse", "another-host:/no/such/run"),
            entry.formatted("somebodys", "somebody", host + ":/no/such/run"))) {
      MESH.apply(one);
    }

    Workloads.local(MESH.cluster(), MESH.istiod(), MESH.toolbox()).close();

    assertThat(MESH.cluster().client().raw("/apis/networking.istio.io/v1/workloadentries"))
        .doesNotContain("\"dead\"")
        .contains("\"alive\"", "\"elsewhere\"", "\"somebodys\"");
  }

  @Test
  void anIstiodThatIsDownIsTold() {
    Istiod istiod =
        IstiodDeployer.beside(MESH.cluster())
            .deploy(
                MeshFixture.istiodBinary(MESH.toolbox()),
                IstiodSpec.defaults().withName("istiod-down").withRevision("down"));
    try (Workloads workloads = Workloads.local(MESH.cluster(), istiod, MESH.toolbox())) {
      istiod.close();
      WorkloadSpec spec = WorkloadSpec.client("alone").withReadyDeadline(Duration.ofSeconds(2));
      assertThatThrownBy(() -> workloads.deploy(spec))
          .isInstanceOf(PilothouseException.class)
          .hasMessageContaining("deploying workload alone.default: ")
          .hasMessageContaining("istiod-down for its proxies: it is closed");
    }
    assertNothingLeftOf("alone");
  }

  @Test
  void aResourceThatIstiodRefusesIsTold() {
    WorkloadSpec spec =
        WorkloadSpec.client("refused").withLabel("not a label", "x").withPort(Port.http(8600));

    assertThatThrownBy(() -> MESH.deploy(spec))
        .isInstanceOf(PilothouseException.class)
        .hasMessageContaining("not a label");
    assertNothingLeftOf("refused");
  }

  @Test
  void missingBinariesAreNamedAllAtOnce(@TempDir Path cache) {
    Toolbox empty = Toolbox.builder().environment(Map.of()).cacheDirectory(cache).build();
    try (Workloads workloads = Workloads.local(MESH.cluster(), MESH.istiod(), empty)) {
      WorkloadSpec spec = WorkloadSpec.client("bare").withSecurity(Security.MUTUAL_TLS);
      assertThatThrownBy(() -> workloads.deploy(spec))
          .isInstanceOfSatisfying(
              MissingToolsException.class,
              e -> assertThat(e.missing()).containsOnlyKeys("envoy", "pilot-agent"));
    }
    assertNothingLeftOf("bare");
  }

  @Test
  void mutualTlsNeedsNoIstiodOfItsOwn() {
    Workload tls = MESH.deploy(WorkloadSpec.client("tls").withSecurity(Security.MUTUAL_TLS));

    assertThat(tls.await(GET, reply -> reply.status() == 200, SOON).body()).contains("httpbin");
  }

  private static void assertNothingLeftOf(String name) {
    for (String path :
        List.of(
            "/api/v1/services",
            "/api/v1/serviceaccounts",
            "/apis/networking.istio.io/v1/workloadentries",
            "/apis/networking.istio.io/v1/sidecars",
            "/apis/networking.istio.io/v1alpha3/envoyfilters",
            "/apis/telemetry.istio.io/v1/telemetries")) {
      assertThat(MESH.cluster().client().raw(path))
          .doesNotContain("\"" + name + "\"", "\"pilothouse-" + name);
    }
    assertThat(envoysOf(name)).isEmpty();
  }

  private static List<ProcessHandle> envoysOf(String workload) {
    return ProcessHandle.current()
        .descendants()
        .filter(p -> p.info().commandLine().orElse("").contains("/envoy-" + workload))
        .toList();
  }

  private static Set<Long> children() {
    return ProcessHandle.current()
        .descendants()
        .map(ProcessHandle::pid)
        .collect(Collectors.toSet());
  }
}
