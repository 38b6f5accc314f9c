package dev.pilothouse.envoy.trace.oracle;

import dev.pilothouse.envoy.trace.Choice;
import dev.pilothouse.envoy.trace.Connection;
import dev.pilothouse.envoy.trace.Decision;
import dev.pilothouse.envoy.trace.Destination;
import dev.pilothouse.envoy.trace.HttpRequest;
import dev.pilothouse.envoy.trace.Outcome;
import dev.pilothouse.envoy.trace.RequestTracer;
import dev.pilothouse.envoy.trace.Trace;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Asks a real Envoy and the tracer the same, and compares. */
final class Oracle {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** What came out for one match kind. */
  static final class Score {
    int pairs;
    int nearMisses;
    int undecided;
    final List<String> disagreements = new ArrayList<>();
    final Map<String, Integer> open = new TreeMap<>();
    final IdentityHashMap<Pair, Answer> answers = new IdentityHashMap<>();

    void undecided(Trace trace) {
      undecided++;
      Stream.concat(Stream.of(trace.outcome()), trace.choices().stream().map(Choice::outcome))
          .filter(Outcome.Undecided.class::isInstance)
          .findFirst()
          .ifPresent(why -> open.merge(why.toString(), 1, Integer::sum));
    }
  }

  /**
   * What Envoy did, and what the tracer made of it.
   *
   * @param agrees whether it is what the tracer said; it may have left that undecided
   */
  record Answer(Observed observed, boolean decided, boolean agrees) {}

  private final Map<String, Score> scores = new LinkedHashMap<>();
  private final Backend backend;
  private final TestTls tls;
  private final List<Runnable> later = new ArrayList<>();

  private Oracle(Backend backend, TestTls tls) {
    this.backend = backend;
    this.tls = tls;
  }

  /**
   * Runs all kinds against one Envoy.
   *
   * @param minor Envoy's minor release, as 40
   * @param seed makes the same pairs again
   * @param pairs how many of each kind, at least
   */
  static Map<String, Score> run(List<Kind> kinds, int minor, long seed, int pairs)
      throws IOException {
    return run(scenarios(kinds, minor, seed, pairs), minor);
  }

  static List<Scenario> scenarios(List<Kind> kinds, int minor, long seed, int pairs) {
    List<Scenario> scenarios = new ArrayList<>();
    for (Kind kind : kinds) {
      if (kind.since(minor)) {
        Dice dice = new Dice(seed * 31 + kind.name().hashCode());
        int each = Math.max(10, Math.min(60, pairs / 6));
        for (int made = 0; made < pairs; made += each) {
          scenarios.add(kind.scenario(dice, each));
        }
      }
    }
    return scenarios;
  }

  static Map<String, Score> run(List<Scenario> scenarios, int minor) throws IOException {
    TestTls tls = TestTls.make();
    try (Backend backend = Backend.start();
        OracleEnvoy envoy = OracleEnvoy.start("1." + minor, scenarios, backend, tls)) {
      Oracle oracle = new Oracle(backend, tls);
      RequestTracer tracer = RequestTracer.of(envoy.config());
      for (int i = 0; i < scenarios.size(); i++) {
        oracle.run(scenarios.get(i), OracleEnvoy.name(i), envoy, tracer);
      }
      oracle.later.forEach(Runnable::run);
      return oracle.scores;
    }
  }

  private void run(Scenario scenario, String name, OracleEnvoy envoy, RequestTracer tracer)
      throws IOException {
    Score score = scores.computeIfAbsent(scenario.kind(), k -> new Score());
    int port = envoy.port(name);
    String entry = OracleEnvoy.entry(scenario);
    TestTls terminating = scenario.terminates() ? tls : null;
    Client kept = null;
    Pair before = null;
    Pair asked = null;
    try {
      for (Pair pair : scenario.pairs()) {
        asked = pair;
        HttpRequest request = pair.request();
        Connection connection = pair.connection().at(name);
        if (request == null || scenario.speaks()) {
          try (Client client = new Client(pair.connection(), entry, port, null)) {
            Observed observed = client.listen(pair, !scenario.listenerFilters().isEmpty());
            Trace trace =
                request == null ? tracer.trace(connection) : tracer.trace(connection, request);
            compare(score, pair, observed, trace, scenario.speaks());
          }
          continue;
        }
        Reply reply = Reply.NONE;
        try {
          if (kept == null || before == null || !sameConnection(pair, before)) {
            kept = reconnect(kept, pair.connection(), entry, port, terminating);
          }
          reply = kept.ask(request);
        } catch (SSLException | SocketException e) {
          // The handshake failed, or Envoy closed after it.
        }
        before = pair;
        Observed observed = Observed.http(reply, request.method().equals("HEAD"));
        if (kept != null && (reply.status() != 200 || request.method().equals("CONNECT"))) {
          kept.close(); // Envoy closes after some answers
          kept = null;
        }
        Trace trace = tracer.trace(connection, request);
        if (scenario.clusters().isEmpty()
            || (reply.header("x-route").isEmpty() && observed.route().isEmpty())) {
          compare(score, pair, observed, trace, false);
        } else {
          compare(score, pair, request, reply, observed, trace);
        }
      }
    } catch (SocketTimeoutException e) {
      throw new IOException(
          "no answer about " + scenario.kind() + " to " + asked + "\n" + scenario.listener(), e);
    } finally {
      if (kept != null) {
        kept.close();
      }
    }
  }

  private static boolean sameConnection(Pair pair, Pair other) {
    HttpRequest request = pair.request();
    HttpRequest before = other.request();
    return request != null
        && before != null
        && pair.connection().equals(other.connection())
        && request.protocol() == before.protocol();
  }

  private static Client reconnect(
      @Nullable Client kept, Connection connection, String entry, int port, @Nullable TestTls tls)
      throws IOException {
    if (kept != null) {
      kept.close();
    }
    return new Client(connection, entry, port, tls);
  }

  /** A server has, or should have, answered. */
  private void compare(
      Score score, Pair pair, HttpRequest request, Reply reply, Observed observed, Trace trace) {
    score.pairs++;
    String route = observed.route().isEmpty() ? reply.header("x-route") : observed.route();
    if (pair.spoiled() && !route.equals(pair.target())) {
      score.nearMisses++;
    }
    Observed went = observed.over(route);
    if (!trace.decided()) {
      score.undecided(trace);
      score.answers.put(pair, new Answer(went, false, true));
      return;
    }
    String id =
        request.headers().stream()
            .filter(header -> header.name().equals(Backend.ID))
            .map(HttpRequest.Header::value)
            .findFirst()
            .orElse("");
    String problem = new Upstream(request, reply, observed, backend.hits(id)).problem(trace);
    score.answers.put(pair, new Answer(went, true, problem.isEmpty()));
    if (!problem.isEmpty()) {
      score.disagreements.add(problem + "\n  " + reply + "\n" + trace.explain());
      return;
    }
    Set<String> always = Upstream.mirrors(trace, true);
    Set<String> maybe = Upstream.mirrors(trace, false);
    if (observed.route().isEmpty()) {
      later.add(
          () -> {
            Set<String> copied = copied(id, always);
            if (!copied.containsAll(always) || !maybe.containsAll(copied)) {
              score.answers.put(pair, new Answer(went, true, false));
              score.disagreements.add("copies to " + copied + "\n" + trace.explain());
            }
          });
    }
  }

  /** Copies are on their own way; those that must come are waited for. */
  private Set<String> copied(String id, Set<String> awaited) {
    Set<String> copied = new HashSet<>();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    do {
      for (Backend.Hit hit : backend.hits(id)) {
        for (int i = 1; i <= BackedKinds.SHADOWS; i++) {
          if (Upstream.copy(hit) && hit.port() == backend.port(2 + i)) {
            copied.add("shadow" + i);
          }
        }
      }
      if (!copied.containsAll(awaited)) {
        LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
      }
    } while (!copied.containsAll(awaited) && System.nanoTime() < deadline);
    return copied;
  }

  private static void compare(
      Score score, Pair pair, Observed observed, Trace trace, boolean speaks) {
    score.pairs++;
    String went =
        !observed.route().isEmpty()
            ? (pair.target().startsWith("h") ? observed.host() : observed.route())
            : observed.chain();
    if (pair.spoiled() && !went.equals(pair.target())) {
      score.nearMisses++;
    }
    String problem;
    if (speaks) {
      problem = compareChain(observed, trace);
    } else {
      problem =
          trace.choices().stream().anyMatch(choice -> fits(choice, observed, trace))
              ? ""
              : "it did something else";
      if (!trace.decided()) {
        score.undecided(trace);
        problem = "";
      }
    }
    if (trace.outcome() instanceof Outcome.Undecided undecided
        && undecided.why().contains("not given")) {
      problem = "the pair lacks something: " + undecided.why();
    }
    boolean decided = speaks || trace.decided(); // the chain is all that is asked of those
    score.answers.put(pair, new Answer(observed, decided, problem.isEmpty()));
    if (!problem.isEmpty()) {
      score.disagreements.add(problem + "\n  " + observed + "\n" + trace.explain());
    }
  }

  /** Chains that speak end in a filter that is no HTTP: only the chain is compared. */
  private static String compareChain(Observed observed, Trace trace) {
    String chain = trace.decision(Decision.Kind.FILTER_CHAIN).map(Decision::name).orElse("");
    boolean tcp = trace.outcome() instanceof Outcome.Tcp;
    if (trace.outcome() instanceof Outcome.Closed) {
      return observed.status() == 0 ? "" : "it was not closed";
    }
    boolean same =
        tcp
            ? trace.destinations().stream()
                .map(Destination::cluster)
                .anyMatch(cluster -> cluster.equals(observed.text()))
            : chain.equals(observed.chain());
    return same ? "" : "another filter chain";
  }

  private static boolean fits(Choice choice, Observed observed, Trace trace) {
    String route = choice.route().map(Decision::name).orElse("");
    String chain = trace.decision(Decision.Kind.FILTER_CHAIN).map(Decision::name).orElse("");
    Outcome outcome = choice.outcome();
    if (outcome instanceof Outcome.Closed) {
      return observed.status() == 0;
    }
    if (!observed.text().isEmpty() || observed.status() <= 0) {
      return false;
    }
    if (!observed.chain().isEmpty() && !observed.chain().equals(chain)) {
      return false;
    }
    if (!route.equals(observed.route()) && !(route.isEmpty() && observed.status() >= 300)) {
      return false;
    }
    if (observed.cluster().equals("echo")) {
      return outcome instanceof Outcome.Forward forward
          && observed.location().equals(forward.how().path() + " " + forward.how().host());
    }
    String host = trace.decision(Decision.Kind.VIRTUAL_HOST).map(Decision::name).orElse("");
    if (!observed.route().isEmpty() && !observed.host().equals(host)) {
      return false;
    }
    if (outcome instanceof Outcome.DirectResponse response) {
      return observed.status() == response.status();
    }
    if (outcome instanceof Outcome.LocalReply reply) {
      return observed.status() == reply.status();
    }
    if (outcome instanceof Outcome.Redirect redirect) {
      return observed.status() == redirect.status()
          && observed.location().equals(redirect.location());
    }
    if (outcome instanceof Outcome.Forward forward) {
      return observed.status() == 503
          && forward.destinations().stream()
              .anyMatch(
                  to ->
                      to.exists()
                          ? observed.cluster().equals(to.cluster())
                          : observed.flags().equals("NC"));
    }
    return false;
  }
}
