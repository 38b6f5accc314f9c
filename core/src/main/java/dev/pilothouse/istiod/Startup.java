package dev.pilothouse.istiod;

import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.Poll;
import dev.pilothouse.internal.TimeLeft;
import dev.pilothouse.source.IstiodBinary;
import dev.pilothouse.toolbox.ManagedProcess;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits until an istiod that was just started is ready, and says why when it does not get there.
 */
final class Startup {
  private static final Logger LOG = LoggerFactory.getLogger(Startup.class);
  private static final int WHOLE_LOG = 10_000;
  private static final int TAIL_LINES = 15;

  private final Setup setup;
  private final String tried;
  private final ManagedProcess process;
  private final IstiodBinary binary;
  private final long start = System.nanoTime();
  private final Duration deadline;

  /**
   * Begins the time.
   *
   * @param setup how it was set up
   * @param tried what is being done, for messages
   * @param process what was started
   * @param binary what it should say it is
   * @param deadline how long it may take
   */
  Startup(
      Setup setup, String tried, ManagedProcess process, IstiodBinary binary, Duration deadline) {
    this.setup = setup;
    this.tried = tried;
    this.process = process;
    this.binary = binary;
    this.deadline = deadline;
  }

  void awaitReady() {
    int port = setup.launch().ports().webhook();
    // The port that it opens last, when all else is ready. Not /ready first: istiod logs each
    // question for it that it cannot say yes to.
    String certificate =
        until(
            "its TLS port " + port + " is open",
            () -> Optional.of(ServingCertificate.presentedAt(port)));
    until("/ready answers 200", () -> Optional.of(setup.admin().ready()));
    try {
      requireVersion();
      requireSettings();
    } catch (IOException e) {
      throw failure("it does not answer: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PilothouseException(tried, "this thread was interrupted", "", null, e);
    }
    ValidationWebhook webhook = setup.webhook();
    if (webhook != null) {
      webhook.putInForce(certificate, left(), () -> !process.alive());
      passed("validation is in force");
    }
  }

  private <T> T until(String fact, Callable<Optional<T>> question) {
    Poll.Outcome<T> outcome = Poll.until(tried, left(), () -> !process.alive(), question);
    if (outcome.value() != null) {
      passed(fact);
      return outcome.value();
    }
    String seen = outcome.seenLast();
    throw failure(
        "it is not ready in time: waiting until "
            + fact
            + (seen.isEmpty() ? "" : "; seen last: " + seen)
            + System.lineSeparator()
            + apiServer(),
        outcome.lastFailure());
  }

  private void requireVersion() throws IOException, InterruptedException {
    String difference = BuildProof.difference(BuildProof.read(setup.admin()), binary);
    if (!difference.isEmpty()) {
      throw new PilothouseException(tried, difference, BuildProof.TO_DO, null, null);
    }
  }

  private void requireSettings() throws IOException, InterruptedException {
    List<String> ignored = StartupLog.ignoredSettings(process.logTail(WHOLE_LOG));
    if (!ignored.isEmpty()) {
      throw new PilothouseException(
          tried, "istiod runs, but: " + String.join("; ", ignored), "", null, null);
    }
    if (!setup.meshConfig().isEmpty()) {
      List<String> unknown = setup.meshConfig().unknownFields(setup.admin().meshConfig());
      if (!unknown.isEmpty()) {
        throw new PilothouseException(
            tried,
            "istiod ignores fields of the mesh config that it does not know: "
                + String.join(", ", unknown),
            "correct IstiodSpec.meshConfig",
            null,
            null);
      }
    }
  }

  private PilothouseException failure(String whileAlive, @Nullable Exception cause) {
    List<String> log = process.logTail(WHOLE_LOG);
    StringBuilder text = new StringBuilder();
    String toDo = "";
    if (process.alive()) {
      text.append(whileAlive);
    } else {
      String reason = StartupLog.exitReason(log);
      text.append(reason.isEmpty() ? "istiod exited" : reason);
      toDo = advice(reason);
      text.append(System.lineSeparator()).append("Exit code ").append(exitCode(process));
    }
    text.append(System.lineSeparator()).append("The end of its log:");
    StartupLog.tail(log, TAIL_LINES)
        .forEach(line -> text.append(System.lineSeparator()).append("  ").append(line));
    return new PilothouseException(tried, text.toString(), toDo, null, cause);
  }

  static String exitCode(ManagedProcess process) {
    OptionalInt code = process.exitCode();
    return code.isPresent() ? Integer.toString(code.getAsInt()) : "unknown (its Delve has it)";
  }

  private String advice(String reason) {
    if (reason.contains("address already in use")) {
      return "another program has taken that port; try again";
    }
    if (reason.contains("mesh config")) {
      return "correct IstiodSpec.meshConfig; with the profile's, istiod was given:"
          + System.lineSeparator()
          + setup.meshConfig().yaml().strip();
    }
    return "";
  }

  private String apiServer() {
    try {
      return "The API server answers /readyz: " + setup.client().raw("/readyz");
    } catch (KubernetesClientException e) {
      return "The API server does not answer: " + e.getMessage();
    }
  }

  private Duration left() {
    return TimeLeft.until(start + deadline.toNanos());
  }

  private void passed(String fact) {
    LOG.debug("{} ms: {}", (System.nanoTime() - start) / 1_000_000, fact);
  }
}
