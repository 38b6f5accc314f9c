package dev.pilothouse.istiod;

import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.source.IstiodBinary;
import dev.pilothouse.source.IstiodBinary.BuildVersion;
import dev.pilothouse.toolbox.ManagedProcess;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Waits until an istiod that was just started is ready, and says why when it does not get there.
 *
 * @param tried what is being done, for messages
 * @param admin istiod's HTTP port
 * @param webhookPort the last port that istiod opens, when all else is ready
 * @param meshConfig what it was given
 * @param webhook its validation webhook, or null
 * @param client reaches the cluster; does not repeat what fails
 */
record Startup(
    String tried,
    AdminApi admin,
    int webhookPort,
    MeshConfig meshConfig,
    @Nullable ValidationWebhook webhook,
    KubernetesClient client) {
  private static final int WHOLE_LOG = 10_000;
  private static final int TAIL_LINES = 15;

  void await(ManagedProcess process, IstiodBinary binary, Duration deadline) {
    long end = System.nanoTime() + deadline.toNanos();
    // Not /ready first: istiod logs each question for it that it cannot say yes to.
    String certificate =
        until(
            process,
            "its TLS port " + webhookPort + " is open",
            () -> Optional.of(ServingCertificate.presentedAt(webhookPort)),
            end);
    until(process, "/ready answers 200", () -> Optional.of(admin.ready()), end);
    try {
      requireVersion(binary);
      requireSettings(process);
    } catch (IOException e) {
      throw failure(process, "it does not answer: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PilothouseException(tried, "this thread was interrupted", "", null, e);
    }
    if (webhook != null) {
      webhook.putInForce(certificate, left(end), () -> !process.alive());
    }
  }

  private <T> T until(
      ManagedProcess process, String fact, Callable<Optional<T>> question, long end) {
    Duration limit = left(end);
    Poll.Outcome<T> outcome = Poll.until(tried, question, () -> !process.alive(), limit);
    if (outcome.value() != null) {
      return outcome.value();
    }
    String seen = outcome.seenLast();
    throw failure(
        process,
        "it is not ready in time: waiting until "
            + fact
            + (seen.isEmpty() ? "" : "; seen last: " + seen)
            + System.lineSeparator()
            + apiServer(),
        outcome.lastFailure());
  }

  private void requireVersion(IstiodBinary binary) throws IOException, InterruptedException {
    BuildVersion built = binary.version();
    String expected = built.version() + "-" + built.revision() + "-" + built.status();
    String runs = admin.version();
    String tag = admin.buildTag();
    if (!runs.equals(expected) || !tag.equals(built.tag())) {
      throw new PilothouseException(
          tried,
          "what runs says version "
              + runs
              + ", tag "
              + tag
              + ", but "
              + binary.path()
              + " was "
              + expected
              + ", tag "
              + built.tag(),
          "the file has changed since it was looked at: read it again, for example with"
              + " IstiodBinary.at",
          null,
          null);
    }
  }

  private void requireSettings(ManagedProcess process) throws IOException, InterruptedException {
    List<String> ignored = StartupLog.ignoredSettings(process.logTail(WHOLE_LOG));
    if (!ignored.isEmpty()) {
      throw new PilothouseException(
          tried, "istiod runs, but: " + String.join("; ", ignored), "", null, null);
    }
    if (!meshConfig.isEmpty()) {
      List<String> unknown = meshConfig.unknownFields(admin.meshConfig());
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

  private PilothouseException failure(
      ManagedProcess process, String whileAlive, @Nullable Exception cause) {
    List<String> log = process.logTail(WHOLE_LOG);
    StringBuilder text = new StringBuilder();
    String toDo = "";
    if (process.alive()) {
      text.append(whileAlive);
    } else {
      String reason = StartupLog.exitReason(log);
      text.append(reason.isEmpty() ? "istiod exited" : reason);
      toDo = advice(reason);
      text.append(System.lineSeparator())
          .append("Exit code ")
          .append(process.exitCode().orElse(-1));
    }
    text.append(System.lineSeparator()).append("The end of its log:");
    StartupLog.tail(log, TAIL_LINES)
        .forEach(line -> text.append(System.lineSeparator()).append("  ").append(line));
    return new PilothouseException(tried, text.toString(), toDo, null, cause);
  }

  private String advice(String reason) {
    if (reason.contains("address already in use")) {
      return "another program has taken that port; try again";
    }
    if (reason.contains("mesh config")) {
      return "correct IstiodSpec.meshConfig; with the profile's, istiod was given:"
          + System.lineSeparator()
          + meshConfig.yaml().strip();
    }
    return "";
  }

  private String apiServer() {
    try {
      return "The API server answers /readyz: " + client.raw("/readyz");
    } catch (KubernetesClientException e) {
      return "The API server does not answer: " + e.getMessage();
    }
  }

  private static Duration left(long end) {
    return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
  }
}
