package dev.pilothouse.workload;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BiConsumer;

/** The way back from what was done, step by step. Not safe for use by several threads. */
final class Undo {
  private record Step(String what, Runnable action) {}

  private final Deque<Step> steps = new ArrayDeque<>();

  /**
   * One step more.
   *
   * @param what names it, as "removing its resources"
   */
  void add(String what, Runnable action) {
    steps.push(new Step(what, action));
  }

  /**
   * Takes all steps, the last one first, each whether or not those before it succeeded.
   *
   * @param failed gets what a step was and what it threw
   */
  void all(BiConsumer<String, RuntimeException> failed) {
    // A thread that is being interrupted must still take away what it brought.
    boolean interrupted = Thread.interrupted();
    try {
      while (!steps.isEmpty()) {
        Step step = steps.pop();
        try {
          step.action().run();
        } catch (RuntimeException e) {
          failed.accept(step.what(), e);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
