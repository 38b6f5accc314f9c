package dev.pilothouse.envoy.trace.oracle;

import dev.pilothouse.envoy.trace.Connection;
import dev.pilothouse.envoy.trace.HttpRequest;
import dev.pilothouse.envoy.trace.oracle.Oracle.Answer;
import dev.pilothouse.envoy.trace.oracle.Oracle.Score;
import java.io.IOException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The oracle for those who ask somebody else the same: generated questions, a real Envoy's answers,
 * and the tracer's score.
 */
public final class OracleRun {
  private OracleRun() {}

  /**
   * Questions about one listener.
   *
   * @param kind the match kind that it is about
   * @param listeners the JSON of the listener that connections arrive at, and of those beside it
   */
  public record Topic(String kind, List<String> listeners, List<Question> questions) {}

  /**
   * A question, and what came out.
   *
   * @param request null for a connection alone
   * @param closed whether Envoy closed the connection without an answer
   * @param status the HTTP status; 0 for none
   * @param chain what Envoy said of its filter chain; empty if nothing. So the others, too
   * @param text all that came, when it is not HTTP: the name of the chain, or of the server behind
   * @param decided whether the tracer knew
   * @param agrees whether the tracer said what Envoy did; true where it did not know
   */
  public record Question(
      Connection connection,
      @Nullable HttpRequest request,
      boolean closed,
      int status,
      String chain,
      String host,
      String route,
      String text,
      boolean decided,
      boolean agrees) {}

  /**
   * Asks a real Envoy about all match kinds.
   *
   * @param minor Envoy's minor release, as 40
   * @param seed makes the same questions again
   * @param pairs how many of each kind, at least
   */
  public static List<Topic> ask(int minor, long seed, int pairs) throws IOException {
    List<Scenario> scenarios = Oracle.scenarios(Kinds.all(), minor, seed, pairs);
    Map<String, Score> scores = Oracle.run(scenarios, minor);
    List<Topic> topics = new ArrayList<>();
    for (Scenario scenario : scenarios) {
      IdentityHashMap<Pair, Answer> answers =
          Objects.requireNonNull(scores.get(scenario.kind())).answers;
      List<Question> questions = new ArrayList<>();
      for (Pair pair : scenario.pairs()) {
        Answer answer = answers.get(pair);
        if (answer != null) {
          questions.add(question(pair, answer));
        }
      }
      topics.add(new Topic(scenario.kind(), listeners(scenario), questions));
    }
    return topics;
  }

  private static Question question(Pair pair, Answer answer) {
    Observed observed = answer.observed();
    return new Question(
        pair.connection(),
        pair.request(),
        observed.status() == 0,
        Math.max(0, observed.status()),
        observed.chain(),
        observed.host(),
        observed.route(),
        observed.text(),
        answer.decided(),
        answer.agrees());
  }

  /** As Envoy has them, but for the PROXY protocol, which brings the connections there. */
  private static List<String> listeners(Scenario scenario) {
    List<String> all = new ArrayList<>();
    all.add(
        Json.json(
            "{'name': '%s', 'listener_filters': [%s], %s}",
            Scenario.ENTRY,
            scenario.listenerFilters().replaceFirst("^\\s*,", ""),
            scenario.listener()));
    all.addAll(scenario.others());
    return all;
  }
}
