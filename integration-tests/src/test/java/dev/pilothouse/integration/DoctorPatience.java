package dev.pilothouse.integration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pilothouse.cluster.Applied;
import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.cluster.Manifests;
import dev.pilothouse.console.IstiodConsole;
import dev.pilothouse.doctor.Diagnosis;
import dev.pilothouse.doctor.Diagnosis.Check;
import dev.pilothouse.doctor.Doctor;
import dev.pilothouse.doctor.Link;
import dev.pilothouse.internal.Poll;
import dev.pilothouse.workload.Proxy;
import java.time.Duration;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

/** Asks a doctor only when istiod is done with what was applied. */
final class DoctorPatience {
  private static final Duration SOON = Duration.ofMinutes(1);
  private static final AtomicInteger COUNT = new AtomicInteger();

  private final Cluster cluster;
  private final IstiodConsole console;
  private final Doctor doctor;

  DoctorPatience(Cluster cluster, IstiodConsole console) {
    this.cluster = cluster;
    this.console = console;
    this.doctor = Doctor.of(cluster, console);
  }

  Doctor doctor() {
    return doctor;
  }

  /**
   * What is said of a broken state. Once istiod is done only the proxy's answer may be on its way.
   */
  Diagnosis diagnose(String kind, String namespace, String name, Proxy proxy, Link broken) {
    return diagnose(kind, namespace, name, proxy, broken, "");
  }

  /** The same, with words in it: a proxy's own come a moment after its silence is known. */
  Diagnosis diagnose(
      String kind, String namespace, String name, Proxy proxy, Link broken, String words) {
    settle();
    AtomicReference<Diagnosis> last = new AtomicReference<>();
    Poll.until(
        "the link is broken",
        SOON,
        () -> {
          last.set(doctor.diagnose(kind, namespace, name, proxy));
          return last.get()
              .broken()
              .filter(check -> check.link() == broken && said(check).contains(words));
        });
    return last.get();
  }

  /** Makes a broken state, and asks about it. */
  void isNamed(BrokenState state, Proxy proxy) {
    String[] name = state.resource().split("/", -1);
    try (Applied applied = cluster.apply(Manifests.yaml(state.yaml()))) {
      assertThat(applied.resources()).isNotEmpty();
      Diagnosis found =
          diagnose(state.kind(), name[0], name[1], proxy, state.link(), state.words());

      Check check = found.broken().orElseThrow(() -> new AssertionError(found.table()));
      assertThat(check.link()).as(found.table()).isEqualTo(state.link());
      assertThat(said(check)).as(found.table()).contains(state.words());
    }
  }

  private static String said(Check check) {
    return check.words() + check.evidence();
  }

  /** Makes a state in which all is well, and asks about it. */
  void isLive(HealthyState state, Proxy proxy) {
    String[] name = state.resource().split("/", -1);
    try (Applied applied = cluster.apply(Manifests.yaml(state.yaml()))) {
      assertThat(applied.resources()).isNotEmpty();
      settle(); // Who asks istiod meanwhile may have it keep, and push, what was before.
      Diagnosis found = doctor.await(state.kind(), name[0], name[1], proxy, SOON);
      assertThat(found.live()).as(found.table()).isTrue();
      assertThat(found.checks()).extracting(Check::link).containsExactly(Link.values());
    }
  }

  /** Waits until istiod works with all that is applied, has pushed it, and has heard of it. */
  private void settle() {
    String marker = "settled-" + COUNT.incrementAndGet();
    try (Applied applied =
        cluster.apply(
            Manifests.yaml(
                """
                apiVersion: telemetry.istio.io/v1
                kind: Telemetry
                metadata: {name: %s, namespace: default}
                spec: {selector: {matchLabels: {app: nobody}}}
                """
                    .formatted(marker)))) {
      assertThat(applied.resources()).hasSize(1);
      Poll.require(
          "istiod works with what is applied",
          SOON,
          () ->
              Optional.of(console.debug().json("telemetryz").toString())
                  .filter(all -> all.contains('"' + marker + '"')));
      Set<String> before = nonces();
      console.push();
      // Not all of those before need be connected any more.
      Poll.require(
          "everything is pushed",
          SOON,
          () -> Optional.of(nonces()).filter(now -> Collections.disjoint(now, before)));
    }
  }

  /** Of the proxies: an istioctl that has just asked something is connected for a moment, too. */
  private Set<String> nonces() {
    return console.proxyStatus().stream()
        .flatMap(status -> status.type("CDS").stream())
        .map(type -> type.sent())
        .collect(Collectors.toSet());
  }
}
