package dev.pilothouse.integration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pilothouse.cluster.Applied;
import dev.pilothouse.cluster.Manifests;
import dev.pilothouse.console.IstiodConsole;
import dev.pilothouse.doctor.Diagnosis;
import dev.pilothouse.doctor.Diagnosis.Check;
import dev.pilothouse.workload.PodProxy;
import dev.pilothouse.workload.PodWorkload;
import dev.pilothouse.workload.WorkloadSpec;
import dev.pilothouse.workload.WorkloadSpec.Port;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Broken states in pods of a real cluster. {@link DoctorIT} has all of them on the local mesh; here
 * it is one of each broken link, or all with {@code -Ddoctor.all=true}. That also asks {@code
 * istioctl} about each, and writes a table, {@code target/doctor-on-kind.md}.
 */
class DoctorOnKindIT {
  private static final String NAME = "doctor";
  private static final Duration SOON = Duration.ofMinutes(2);
  private static final boolean ALL = Boolean.getBoolean("doctor.all");

  /**
   * Of the local mesh: its Envoys have no agent that brings certificates, its workloads have a
   * PeerAuthentication each, its clients no inbound listener, its clusters one transport socket.
   */
  private static final Set<String> LOCAL =
      Set.of(
          "a rule whose certificate does not come",
          "a rule whose cluster Envoy rejects for an EnvoyFilter",
          "a policy for a client",
          "a policy of callers where nobody takes mutual TLS",
          "a PeerAuthentication that one with a selector outranks");

  private static final Map<String, PodProxy> PROXIES = new HashMap<>();

  /** What {@code istioctl x describe} says of a pod before anything is broken. */
  private static final Map<String, List<String>> HEALTHY = new HashMap<>();

  private static PodMesh mesh;
  private static Applied namespaces;
  private static DoctorPatience patience;

  @BeforeAll
  static void start() {
    mesh =
        PodMesh.start(
            NAME,
            "discoverySelectors: [{matchExpressions: [{key: hidden, operator: DoesNotExist}]}]");
    List<PodWorkload> workloads =
        mesh.deploy(
            WorkloadSpec.client("client"),
            WorkloadSpec.http("httpbin", 8000).withPort(Port.tcp(9000)).withLabel("version", "v1"),
            WorkloadSpec.gateway("gw", 8080));
    workloads.forEach(workload -> PROXIES.put(workload.spec().name(), workload.proxy()));
    namespaces = mesh.cluster().apply(Manifests.yaml(DoctorManifests.NAMESPACES));
    if (ALL) {
      PROXIES.values().forEach(proxy -> HEALTHY.put(proxy.id(), istioctl(proxy).describe()));
    }
    patience = new DoctorPatience(mesh.cluster(), IstiodConsole.of(mesh.istiod()));
  }

  @AfterAll
  static void stop() {
    try {
      if (namespaces != null) {
        namespaces.close();
      }
    } finally {
      if (mesh != null) {
        mesh.close();
      }
    }
  }

  static List<BrokenState> broken() {
    Set<Object> links = new HashSet<>();
    return BrokenState.all().stream()
        .filter(state -> !LOCAL.contains(state.name()))
        .filter(state -> ALL || links.add(state.link()))
        .map(state -> state.in(NAME))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("broken")
  void theFirstBrokenLinkIsNamed(BrokenState state) {
    PodProxy proxy = PROXIES.get(state.proxy());
    String[] name = state.resource().split("/", -1);
    try (Applied applied = mesh.cluster().apply(Manifests.yaml(state.yaml()))) {
      assertThat(applied.resources()).isNotEmpty();
      Diagnosis found =
          patience.diagnose(state.kind(), name[0], name[1], proxy, state.link(), state.words());

      Check check = found.broken().orElseThrow(() -> new AssertionError(found.table()));
      assertThat(check.link()).as(found.table()).isEqualTo(state.link());
      assertThat(check.words() + check.evidence()).as(found.table()).contains(state.words());
      if (ALL) {
        compare(state, check, proxy);
      }
    }
    PROXIES.values().forEach(p -> mesh.istiod().await(p.id(), sync -> !sync.rejected(), SOON));
  }

  private static IstioctlOnPod istioctl(PodProxy proxy) {
    return new IstioctlOnPod(mesh.cluster().kubeconfig(), NAME, proxy.id());
  }

  /** A row of the table of docs/doctor.md. */
  private static void compare(BrokenState state, Check check, PodProxy proxy) {
    IstioctlOnPod istioctl = istioctl(proxy);
    // It tells of a pod as a server, so it is asked about the one that the client calls.
    PodProxy server = state.proxy().equals("client") ? PROXIES.get("httpbin") : proxy;
    List<String> described = new ArrayList<>(new LinkedHashSet<>(istioctl(server).describe()));
    described.removeAll(HEALTHY.get(server.id()));
    described.replaceAll(String::strip);
    String row =
        String.join(
                " | ",
                "| " + state.name(),
                check.link().name(),
                istioctl.proxyStatus(),
                istioctl.analyze(),
                described.isEmpty() ? "–" : String.join("; ", described).replace("|", "\\|"))
            + " |\n";
    try {
      Files.writeString(
          Path.of("target", "doctor-on-kind.md"),
          row,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
