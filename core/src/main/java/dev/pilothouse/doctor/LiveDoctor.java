package dev.pilothouse.doctor;

import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.console.IstiodConsole;
import dev.pilothouse.doctor.Diagnosis.Check;
import dev.pilothouse.doctor.Diagnosis.Outcome;
import dev.pilothouse.internal.ApiServer;
import dev.pilothouse.internal.Poll;
import dev.pilothouse.workload.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

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

  private final Cluster cluster;
  private final IstiodConsole console;

  LiveDoctor(Cluster cluster, IstiodConsole console) {
    this.cluster = cluster;
    this.console = console;
  }

  @Override
  public Diagnosis diagnose(String kind, String namespace, String name, Proxy proxy) {
    ApiServer server = new ApiServer(cluster.client());
    Case c = new Case(IstioKind.of(kind), namespace, name, proxy, server, console);
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
    AtomicReference<Diagnosis> last = new AtomicReference<>();
    Poll.Outcome<Diagnosis> outcome =
        Poll.until(
            "waiting until " + kind + " " + namespace + "/" + name + " is live in " + proxy.id(),
            deadline,
            () -> {
              Diagnosis now = diagnose(kind, namespace, name, proxy);
              last.set(now);
              return Optional.of(now).filter(Diagnosis::live);
            });
    return outcome.value() != null ? outcome.value() : Objects.requireNonNull(last.get());
  }
}
