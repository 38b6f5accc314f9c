package dev.pilothouse.delve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pilothouse.delve.DelveException.Kind;
import dev.pilothouse.delve.StopListener.Verdict;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Commands that let the program run and end by themselves: a step, a call. */
final class Steps {
  private final RunControl control;
  private final Duration patience;

  Steps(RunControl control, Duration patience) {
    this.control = control;
    this.patience = patience;
  }

  /**
   * Does one. The program is stopped before and after.
   *
   * @return where it stopped
   */
  Stop run(String tried, ObjectNode command, Duration deadline) {
    control.enter(tried);
    try {
      if (control.standing() == Runs.Standing.RUNNING) {
        throw new DelveException(
            Kind.RUNNING, tried, "the program runs", "await a breakpoint or halt() first", null);
      }
      long end = System.nanoTime() + deadline.toNanos();
      ObjectNode next = command;
      while (true) {
        CompletableFuture<JsonNode> answer = control.link().send("Command", next);
        Stop stop;
        try {
          stop = new Stop(control.waitFor(tried, answer, Clock.left(end)).path("State"));
        } catch (DelveException e) {
          throw broken(tried, answer, deadline, e);
        }
        Verdict verdict = control.runs().stoppedBy(tried, stop);
        if (!stop.stepUnfinished() || verdict != Verdict.GO_ON) {
          return stop;
        }
        next = Requests.command("continue"); // A tracepoint came between: the step goes on.
      }
    } finally {
      control.lock().unlock();
    }
  }

  private DelveException broken(
      String tried, CompletableFuture<JsonNode> answer, Duration deadline, DelveException e) {
    if (e.kind() != Kind.TIMEOUT && e.kind() != Kind.INTERRUPTED) {
      return e;
    }
    boolean interrupted = Thread.interrupted();
    try {
      // It is stopped wherever it is, and no half step is left to trip over.
      control.runs().halts().ask(control.link());
      Link.await(tried, answer, patience);
      control.ask(tried, "CancelNext", Requests.none());
    } catch (DelveException second) {
      e.addSuppressed(second);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    return e.kind() == Kind.INTERRUPTED
        ? e
        : new DelveException(
            Kind.TIMEOUT,
            tried,
            "it did not end within " + deadline.toMillis() + " ms, and was stopped where it was",
            "",
            e);
  }
}
