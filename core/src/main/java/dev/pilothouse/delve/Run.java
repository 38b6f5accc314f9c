package dev.pilothouse.delve;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.CompletableFuture;

/**
 * The program runs until the answer comes. Guarded by the lock of {@link RunControl}, but for the
 * answer.
 */
final class Run {
  /** Whether we let it run; else somebody else has, and we only wait until it stops. */
  final boolean ours;

  final CompletableFuture<JsonNode> answer;

  /** Whether somebody has looked at the answer. */
  boolean settled;

  /** Whether we asked for its end. */
  boolean haltAsked;

  Run(boolean ours, CompletableFuture<JsonNode> answer) {
    this.ours = ours;
    this.answer = answer;
  }
}
