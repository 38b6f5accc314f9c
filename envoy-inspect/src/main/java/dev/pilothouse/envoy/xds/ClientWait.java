package dev.pilothouse.envoy.xds;

import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One wait for a client, and what it tells when it was in vain. */
final class ClientWait {
  private static final Duration LONGEST = Duration.ofDays(365);
  private static final int RESPONSES_TOLD = 5;

  private final AdsClient client;
  private final AdsSession session;
  private final String what;
  private final long start = System.nanoTime();
  private final long nanos;
  private final long position;
  private @Nullable Throwable conditionFault;
  private @Nullable EnvoyConfig last;

  ClientWait(AdsClient client, AdsSession session, String what, Duration deadline) {
    this.client = client;
    this.session = session;
    this.what = what;
    this.nanos = (deadline.compareTo(LONGEST) < 0 ? deadline : LONGEST).toNanos();
    this.position = client.position();
  }

  /** The first thing that the attempt gives; it is made anew after each change. */
  <T> T until(Supplier<@Nullable T> attempt) {
    while (true) {
      long seen = session.changes();
      T result = attempt.get();
      if (result != null) {
        return result;
      }
      if (client.status().closed()) {
        throw failure("the client is closed", null);
      }
      if (isOver()) {
        throw failure("not so within " + millis(), null);
      }
      pause(seen);
    }
  }

  /** Looks after each change, until the time is over. */
  void throughout(Runnable look) {
    while (true) {
      long seen = session.changes();
      look.run();
      if (isOver()) {
        return;
      }
      pause(seen);
    }
  }

  private boolean isOver() {
    return System.nanoTime() - start >= nanos;
  }

  private void pause(long seen) {
    try {
      session.awaitChange(seen, nanos - (System.nanoTime() - start));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure("interrupted after " + millis(), e);
    }
  }

  /** What was looked at last, and what the condition threw. */
  void note(@Nullable EnvoyConfig config, @Nullable Throwable fault) {
    last = config;
    conditionFault = fault;
  }

  EnvoyConfigException failure(String how, @Nullable Throwable cause) {
    String newLine = System.lineSeparator();
    StringBuilder text = new StringBuilder(how);
    text.append(newLine).append("Connection: ").append(client.status());
    List<XdsResponse> responses =
        client.responses().stream().filter(response -> response.number() > position).toList();
    text.append(newLine).append("Responses meanwhile: ");
    text.append(responses.isEmpty() ? "none" : responses.size());
    responses.stream()
        .skip(Math.max(0, responses.size() - RESPONSES_TOLD))
        .forEach(response -> text.append(newLine).append("  ").append(response));
    if (last != null) {
      text.append(newLine).append("Last seen: ").append(last);
    }
    if (conditionFault != null) {
      text.append(newLine).append("The condition threw: ").append(conditionFault);
    }
    return EnvoyConfigException.inVain(
        client.describe() + ", waiting for " + what,
        text.toString(),
        last,
        cause == null ? conditionFault : cause);
  }

  private String millis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start) + " ms";
  }
}
