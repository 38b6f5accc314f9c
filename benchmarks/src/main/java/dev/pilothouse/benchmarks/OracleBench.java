package dev.pilothouse.benchmarks;

import dev.pilothouse.benchmarks.Simulation.Call;
import dev.pilothouse.benchmarks.Simulation.Result;
import dev.pilothouse.envoy.trace.oracle.OracleRun;
import dev.pilothouse.envoy.trace.oracle.OracleRun.Question;
import dev.pilothouse.envoy.trace.oracle.OracleRun.Topic;
import dev.pilothouse.toolbox.Toolbox;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * How often the request tracer, and Istio's own simulation, say what a real Envoy does: the same
 * generated listeners and requests for all three, by match kind.
 *
 * <p>The tracer has to say all: chain, virtual host, route, cluster, and where a redirect or a
 * rewrite leads. Of the simulation, which knows less, only chain, virtual host and route are asked.
 */
final class OracleBench {
  private static final int MINOR = 40;
  private static final int SEED = 7;
  private static final int PAIRS = Integer.getInteger("oracle.pairs", 400);
  private static final Set<String> CLOSES =
      Set.of(
          "no listener matched",
          "no filter chains matched",
          "protocol error",
          "invalid TLS",
          "invalid mTLS");
  private static final Set<String> NOT_FOUND =
      Set.of("no virtual host matched", "no route matched");

  private final Map<String, Score> scores = new TreeMap<>();

  private static final class Score {
    int pairs;
    int undecided;
    int tracer;
    int simulation;
  }

  private OracleBench() {}

  public static void main(String[] arguments) throws IOException {
    Toolbox toolbox = Toolbox.create();
    Report report = new Report();
    try (Simulation simulation = Simulation.start(toolbox)) {
      run(simulation, report);
    }
    System.out.print(report);
  }

  /** Asks all three, and adds rows and a table to the report. */
  static void run(Simulation simulation, Report report) throws IOException {
    OracleBench bench = new OracleBench();
    for (Topic topic : OracleRun.ask(MINOR, SEED, PAIRS)) {
      bench.judge(topic, simulation);
    }
    bench.tell(report);
  }

  private void judge(Topic topic, Simulation simulation) throws IOException {
    List<Question> questions = topic.questions();
    List<Call> calls = questions.stream().map(q -> new Call(q.connection(), q.request())).toList();
    List<Result> results = simulation.ask(topic.listeners(), calls, 1).results();
    Score score = scores.computeIfAbsent(topic.kind(), kind -> new Score());
    for (int i = 0; i < questions.size(); i++) {
      Question question = questions.get(i);
      score.pairs++;
      score.undecided += question.decided() ? 0 : 1;
      score.tracer += question.decided() && question.agrees() ? 1 : 0;
      score.simulation += agrees(question, results.get(i)) ? 1 : 0;
    }
  }

  private static boolean agrees(Question envoy, Result result) {
    if (envoy.closed()) {
      return CLOSES.contains(result.error());
    }
    if (!envoy.text().isEmpty()) {
      return envoy.text().equals(result.chain()) || envoy.text().equals(result.cluster());
    }
    if (!isOrUnknown(envoy.chain(), result.chain())) {
      return false;
    }
    if (envoy.route().isEmpty()) {
      return envoy.status() == 404
          ? NOT_FOUND.contains(result.error())
          : envoy.status() == 301 && result.error().startsWith("tls required");
    }
    return result.error().isEmpty()
        && envoy.route().equals(result.route())
        && isOrUnknown(envoy.host(), result.host());
  }

  private static boolean isOrUnknown(String envoy, String result) {
    return envoy.isEmpty() || envoy.equals(result);
  }

  private void tell(Report report) {
    Score all = new Score();
    StringBuilder table =
        new StringBuilder(
            "Answers that are those of a real Envoy 1." + MINOR + ", by match kind\n");
    line(table, "match kind", "pairs", "tracer", "undecided", "Istio's simulation");
    scores.forEach(
        (kind, score) -> {
          line(table, kind, score);
          all.pairs += score.pairs;
          all.undecided += score.undecided;
          all.tracer += score.tracer;
          all.simulation += score.simulation;
        });
    line(table, "all", all);
    report.table(table.toString());
    report.note(
        String.format(Locale.ROOT, "tracer says what Envoy 1.%d does, %,d pairs", MINOR, all.pairs),
        percent(all.tracer, all.pairs),
        String.format(Locale.ROOT, "all but undecided ones; those are %d", all.undecided));
    report.note("  Istio's pilot/pkg/simulation", percent(all.simulation, all.pairs), "");
  }

  private static void line(StringBuilder table, String kind, Score score) {
    line(
        table,
        kind,
        String.valueOf(score.pairs),
        percent(score.tracer, score.pairs),
        String.valueOf(score.undecided),
        percent(score.simulation, score.pairs));
  }

  private static void line(
      StringBuilder table, String kind, String pairs, String tracer, String left, String peer) {
    table.append(
        String.format(Locale.ROOT, "%-34s %7s %9s %10s %19s%n", kind, pairs, tracer, left, peer));
  }

  private static String percent(int part, int all) {
    return String.format(Locale.ROOT, "%.1f %%", all == 0 ? 0 : 100.0 * part / all);
  }
}
