package dev.pilothouse.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pilothouse.cluster.Applied;
import dev.pilothouse.cluster.ApplyException;
import dev.pilothouse.cluster.Manifests;
import dev.pilothouse.console.IstiodConsole;
import dev.pilothouse.doctor.Diagnosis;
import dev.pilothouse.doctor.Diagnosis.Check;
import dev.pilothouse.doctor.Doctor;
import dev.pilothouse.doctor.Link;
import dev.pilothouse.internal.Poll;
import dev.pilothouse.istiod.Istiod;
import dev.pilothouse.istiod.IstiodDeployer;
import dev.pilothouse.istiod.IstiodSpec;
import dev.pilothouse.workload.LocalWorkload;
import dev.pilothouse.workload.LocalWorkloads;
import dev.pilothouse.workload.Proxy;
import dev.pilothouse.workload.WorkloadSpec;
import dev.pilothouse.workload.WorkloadSpec.Port;
import dev.pilothouse.workload.Workloads;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfiguration;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Broken states, made on a real istiod and real Envoys, and what the doctor says of them. */
class DoctorIT {
  private static final Duration SOON = Duration.ofMinutes(1);

  @RegisterExtension
  static final MeshFixture MESH =
      MeshFixture.of(
              IstiodSpec.defaults()
                  .withEnvironment("PILOT_DEBOUNCE_AFTER", "10ms")
                  .withMeshConfig(
                      "discoverySelectors: [{matchExpressions: [{key: hidden, operator:"
                          + " DoesNotExist}]}]"))
          .withWorkloads(
              WorkloadSpec.client("client"),
              WorkloadSpec.http("httpbin", 8000)
                  .withPort(Port.tcp(9000))
                  .withLabel("version", "v1"),
              WorkloadSpec.gateway("gw", 8080));

  private static DoctorPatience patience;
  private static Doctor doctor;

  @BeforeAll
  static void open() {
    MESH.cluster().apply(Manifests.yaml(DoctorManifests.NAMESPACES));
    patience = new DoctorPatience(MESH.cluster(), IstiodConsole.of(MESH.istiod()));
    doctor = patience.doctor();
  }

  static List<BrokenState> broken() {
    return BrokenState.all();
  }

  static List<HealthyState> healthy() {
    return HealthyState.all();
  }

  @ParameterizedTest
  @MethodSource("broken")
  void theFirstBrokenLinkIsNamed(BrokenState state) {
    patience.isNamed(state, proxy(state.proxy()));
    allIsWell();
  }

  @ParameterizedTest
  @MethodSource("healthy")
  void aHealthyStateGivesNoAlarm(HealthyState state) {
    patience.isLive(state, proxy(state.proxy()));
    allIsWell();
  }

  /** Stored while nobody validated. */
  @Test
  void whatIsNotValidIsNamed() {
    var webhooks =
        MESH.cluster().client().admissionRegistration().v1().validatingWebhookConfigurations();
    List<ValidatingWebhookConfiguration> before = webhooks.list().getItems();
    Applied applied;
    webhooks.delete();
    try {
      applied =
          Poll.require( // the API server takes up in its own time that nobody validates
              "what is not valid is stored",
              SOON,
              () ->
                  applied(
                      """
                      apiVersion: networking.istio.io/v1
                      kind: VirtualService
                      metadata: {name: bad, namespace: default}
                      spec:
                        hosts: [httpbin]
                        http: [{route: [{destination: {host: httpbin, port: {number: 99999}}}]}]
                      """));
    } finally {
      before.forEach(
          webhook -> {
            webhook.getMetadata().setResourceVersion(null);
            webhook.getMetadata().setUid(null);
            MESH.cluster().client().resource(webhook).create();
          });
    }
    try (applied) {
      Diagnosis found = diagnosed("VirtualService", "default", "bad", proxy("client"), Link.VALID);
      assertThat(found.broken().orElseThrow().link()).as(found.table()).isEqualTo(Link.VALID);
      assertThat(found.table()).contains("99999");
    }
    allIsWell();
  }

  private static Optional<Applied> applied(String yaml) throws Poll.NotYet {
    try {
      return Optional.of(MESH.cluster().apply(Manifests.yaml(yaml)));
    } catch (ApplyException refused) {
      throw new Poll.NotYet(refused.getMessage());
    }
  }

  @Test
  void aProxyThatIsGoneIsNamed() {
    LocalWorkload gone = MESH.deploy(WorkloadSpec.client("gone"));
    Proxy proxy = gone.proxy();
    gone.close();
    try (Applied applied = MESH.cluster().apply(Manifests.yaml(healthy().get(0).yaml()))) {
      assertThat(applied.resources()).isNotEmpty();
      Diagnosis found = diagnosed("VirtualService", "default", "httpbin", proxy, Link.CONNECTED);
      assertThat(found.broken().orElseThrow().link()).as(found.table()).isEqualTo(Link.CONNECTED);
      assertThat(found.table()).contains("connected are");
    }
    allIsWell();
  }

  @Test
  void aProxyThatHangsIsNamed() {
    LocalWorkload frozen = MESH.deploy(WorkloadSpec.client("frozen"));
    ProcessHandle envoy =
        ProcessHandle.current()
            .descendants()
            .filter(p -> p.info().commandLine().orElse("").contains("frozen"))
            .findFirst()
            .orElseThrow();
    try {
      Processes.signal("-STOP", envoy);
      try (Applied applied = MESH.cluster().apply(Manifests.yaml(healthy().get(0).yaml()))) {
        assertThat(applied.resources()).isNotEmpty();
        Diagnosis found =
            diagnosed("VirtualService", "default", "httpbin", frozen.proxy(), Link.ACKNOWLEDGED);
        Check check = found.broken().orElseThrow(() -> new AssertionError(found.table()));
        assertThat(check.link()).as(found.table()).isEqualTo(Link.ACKNOWLEDGED);
        assertThat(check.words()).contains("does not answer");
      }
    } finally {
      Processes.signal("-CONT", envoy);
    }
  }

  /** An istiod that gathers changes for long. */
  @Test
  void aChangeThatIsNotPushedYetIsNamed() {
    IstiodSpec slow =
        IstiodSpec.defaults()
            .withName("slow")
            .withValidation(false)
            .withEnvironment("PILOT_DEBOUNCE_AFTER", "20s")
            .withEnvironment("PILOT_DEBOUNCE_MAX", "20s");
    try (Istiod istiod =
            IstiodDeployer.beside(MESH.cluster())
                .deploy(MeshFixture.istiodBinary(MESH.toolbox()), slow);
        LocalWorkloads workloads = Workloads.local(MESH.cluster(), istiod, MESH.toolbox())) {
      LocalWorkload late =
          workloads.deploy(WorkloadSpec.client("late").withReadyDeadline(Duration.ofMinutes(2)));
      Doctor ofSlow = Doctor.of(MESH.cluster(), IstiodConsole.of(istiod));
      Instant deployed = Instant.now();
      Poll.require( // the API server and istiod tell times in seconds
          "the next second begins",
          SOON,
          () ->
              Optional.of(Instant.now())
                  .filter(now -> now.getEpochSecond() > deployed.getEpochSecond()));
      try (Applied applied = MESH.cluster().apply(Manifests.yaml(healthy().get(0).yaml()))) {
        assertThat(applied.resources()).isNotEmpty();
        Diagnosis found = ofSlow.diagnose("VirtualService", "default", "httpbin", late.proxy());
        assertThat(found.broken().orElseThrow().link()).as(found.table()).isEqualTo(Link.SEEN);
        Diagnosis later =
            ofSlow.await(
                "VirtualService", "default", "httpbin", late.proxy(), SOON.multipliedBy(2));
        assertThat(later.live()).as(later.table()).isTrue();
      }
    }
  }

  @Test
  void anUnknownKindIsRefused() {
    assertThatThrownBy(() -> doctor.diagnose("VirtualServce", "a", "b", proxy("client")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("did you mean VirtualService");
  }

  private static Proxy proxy(String workload) {
    return MESH.workload(workload).proxy();
  }

  private static Diagnosis diagnosed(
      String kind, String namespace, String name, Proxy proxy, Link link) {
    return patience.diagnose(kind, namespace, name, proxy, link);
  }

  /** What the state before had rejected is gone. */
  private static void allIsWell() {
    for (String workload : List.of("client", "httpbin", "gw")) {
      MESH.istiod().await(proxy(workload).id(), sync -> !sync.rejected(), SOON);
    }
  }
}
