package dev.pilothouse.internal.delve;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.internal.ApiServer;
import dev.pilothouse.internal.Poll;
import dev.pilothouse.internal.Poll.NotYet;
import dev.pilothouse.internal.rollout.ContainerLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The two lines of Delve's that Istio's guide has one look for in the pod's log. */
final class DelveStart {
  private static final List<String> LINES =
      List.of("launching process with args: ", "API server listening at: ");

  /** They are among the first; in the guide's set-up a few hundred bytes come before. */
  private static final int BEGINNING = 64 * 1024;

  private DelveStart() {}

  static List<String> await(
      String tried,
      ApiServer server,
      Supplier<List<JsonNode>> pods,
      String container,
      Duration deadline) {
    return Poll.require(
        tried + ", looking for Delve in the pod's log",
        deadline,
        () -> {
          List<JsonNode> now = pods.get();
          if (now.isEmpty()) {
            throw new NotYet("there is no pod");
          }
          return Optional.of(of(new ContainerLog(server, now.get(0), container).head(BEGINNING)));
        });
  }

  /** The lines, from their first word on. */
  static List<String> of(List<String> log) throws NotYet {
    List<String> found = new ArrayList<>();
    for (String wanted : LINES) {
      found.add(
          log.stream()
              .filter(line -> line.contains(wanted))
              .map(line -> line.substring(line.indexOf(wanted)))
              .findFirst()
              .orElseThrow(() -> new NotYet(missing(wanted, log))));
    }
    return found;
  }

  private static String missing(String wanted, List<String> log) {
    String begins = String.join(System.lineSeparator(), log.subList(0, Math.min(5, log.size())));
    return "\"" + wanted.strip() + "\" is not in it; it begins: " + begins;
  }
}
