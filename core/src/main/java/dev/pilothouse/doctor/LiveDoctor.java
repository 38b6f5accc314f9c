package dev.pilothouse.doctor;

import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.console.IstiodConsole;
import dev.pilothouse.doctor.Diagnosis.Check;
import dev.pilothouse.doctor.Diagnosis.Outcome;
import dev.pilothouse.internal.ApiServer;
import dev.pilothouse.internal.Poll;
import dev.pilothouse.internal.TimeLeft;
import dev.pilothouse.istiod.ProxySync.TypeSync;
import dev.pilothouse.workload.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Follows the chain, and stops at what is broken. */
final class LiveDoctor implements Doctor {
  private static final List<Function<Case, List<Check>>> CHAIN =
      List.of(
          c -> List.of(Stored.accepted(c)),
          c -> List.of(Stored.valid(c)),
          c -> List.of(Followed.connected(c)),
          c -> List.of(Followed.seen(c)),
          c -> List.of(Relevance.check(c)),
          c -> List.of(Generated.check(c)),
          Delivered::checks,
          c -> List.of(Effective.check(c)));

  /** Long enough for a push, which istiod delays by 100 ms. */
  private static final Duration NEWS = Duration.ofMillis(500);

  private final Cluster cluster;
  private final IstiodConsole console;

  LiveDoctor(Cluster cluster, IstiodConsole console) {
    this.cluster = cluster;
    this.console = console;
  }

  @Override
  public Diagnosis diagnose(String kind, String namespace, String name, Proxy proxy) {
    Case c = caseOf(kind, namespace, name, proxy);
    List<Check> checks = new ArrayList<>();
    for (Function<Case, List<Check>> links : CHAIN) {
      checks.addAll(links.apply(c));
      if (checks.stream().anyMatch(check -> check.outcome() == Outcome.BROKEN)) {
        break;
      }
    }
    return new Diagnosis(c.title(), c.proxyId(), Instant.now(), checks);
  }

  @Override
  public Diagnosis await(
      String kind, String namespace, String name, Proxy proxy, Duration deadline) {
    String tried =
        "waiting until " + kind + " " + namespace + "/" + name + " is live in " + proxy.id();
    long end = System.nanoTime() + deadline.toNanos();
    Set<TypeSync> before = syncs(proxy);
    if (Followed.isNew(caseOf(kind, namespace, name, proxy))) {
      awaitNews(tried, proxy, before, end);
    }
    while (true) {
      before = syncs(proxy);
      Diagnosis now = diagnose(kind, namespace, name, proxy);
      if (now.live() || System.nanoTime() >= end) {
        return now;
      }
      awaitNews(tried, proxy, before, end);
    }
  }

  /**
   * Waits until istiod has sent the proxy something or heard of it, but not for long: what Envoy
   * makes of it is no news. A diagnosis in between would ask istiod what it has for the proxy, and
   * in the moment between a change and its push that makes istiod push what was before; see {@link
   * dev.pilothouse.envoy.ConfigSource#istiod}.
   */
  private void awaitNews(String tried, Proxy proxy, Set<TypeSync> before, long end) {
    Duration left = TimeLeft.until(end);
    Poll.until(
        tried,
        left.compareTo(NEWS) < 0 ? left : NEWS,
        () -> Optional.of(syncs(proxy)).filter(now -> !now.equals(before)));
  }

  private Set<TypeSync> syncs(Proxy proxy) {
    return console.proxyStatus().stream()
        .filter(status -> status.proxyId().equals(proxy.id()))
        .flatMap(status -> status.sync().types().values().stream())
        .collect(Collectors.toSet());
  }

  private Case caseOf(String kind, String namespace, String name, Proxy proxy) {
    ApiServer server = new ApiServer(cluster.client());
    return new Case(IstioKind.of(kind), namespace, name, proxy, server, console);
  }
}
