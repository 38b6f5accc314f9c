package dev.pilothouse.delve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pilothouse.delve.DelveException.Kind;
import dev.pilothouse.delve.StopListener.Verdict;
import dev.pilothouse.internal.TimeLeft;
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
      boolean call = command.path("name").asText("").equals("call");
      ObjectNode next = command;
      while (true) {
        CompletableFuture<JsonNode> answer = control.link().send("Command", next);
        Stop stop;
        try {
          stop = new Stop(control.waitFor(tried, answer, TimeLeft.until(end)).path("State"));
        } catch (DelveException e) {
          throw broken(tried, answer, call, deadline, e);
        }
        Verdict verdict = control.runs().stoppedBy(tried, stop, call);
        boolean unfinished = call ? !stop.callReturned() : stop.stepUnfinished();
        if (unfinished && control.brokenInto()) {
          giveUp(tried, call);
          throw new DelveException(Kind.CLOSED, tried, "the session is being closed", "", null);
        }
        if (!unfinished || verdict != Verdict.GO_ON) {
          control.runs().addStrayCalls(call && unfinished ? 1 : 0);
          return stop;
        }
        next = Requests.command("continue"); // A tracepoint came between: it goes on.
        next.set("ReturnInfoLoadConfig", Requests.limits(LoadLimits.usual()));
      }
    } finally {
      control.lock().unlock();
    }
  }

  /** Delve forgets a step. A call cannot be taken back: it returns when it does. */
  private void giveUp(String tried, boolean call) {
    if (call) {
      control.runs().addStrayCalls(1);
    } else {
      control.ask(tried, "CancelNext", Requests.none());
    }
  }

  private DelveException broken(
      String tried,
      CompletableFuture<JsonNode> answer,
      boolean call,
      Duration deadline,
      DelveException e) {
    if (e.kind() == Kind.CONNECTION || e.kind() == Kind.PROTOCOL) {
      control.runs().addStrayCalls(call ? 1 : 0);
    }
    if (e.kind() != Kind.TIMEOUT && e.kind() != Kind.INTERRUPTED) {
      return e;
    }
    boolean interrupted = Thread.interrupted();
    try {
      // It is stopped wherever it is, and no half step is left to trip over.
      control.runs().halts().ask(control.link());
      Stop stop = new Stop(Link.await(tried, answer, patience).path("State"));
      if (!call || !stop.callReturned()) {
        giveUp(tried, call);
      }
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
            call ? "it goes on when the program does, and returns to nobody" : "",
            e);
  }
}
