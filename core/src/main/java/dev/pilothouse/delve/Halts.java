package dev.pilothouse.delve;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.delve.DelveException.Kind;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Our requests to stop the program. One that Delve takes up late, after we have let the program go
 * on, stops it again: such a stop is ours, and nobody else's wish.
 */
final class Halts {
  private static final Duration A_MOMENT = Duration.ofMillis(100);

  private final List<CompletableFuture<JsonNode>> asked = new CopyOnWriteArrayList<>();

  void ask(Link link) {
    asked.add(link.halt());
  }

  /** Whether one may still stop the program. */
  boolean outstanding() {
    asked.removeIf(CompletableFuture::isDone);
    return !asked.isEmpty();
  }

  /** Gives those that are on their way a moment each. */
  void await(String tried) {
    for (CompletableFuture<JsonNode> halt : asked) {
      try {
        Link.await(tried, halt, A_MOMENT);
      } catch (DelveException e) {
        if (e.kind() == Kind.INTERRUPTED) {
          throw e;
        }
      }
    }
  }
}
