package dev.pilothouse.envoy.assertj;

import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigException;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One wait for a configuration that a supplier gives. */
final class SupplierWait {
  private static final long PAUSE_MILLIS = 5;
  private static final Duration LONGEST = Duration.ofDays(365);
  private static final String TRIED = "waiting for a supplier's configuration";

  private final Supplier<EnvoyConfig> supplier;
  private final ConfigJudge judge;
  private final long deadline;
  private @Nullable EnvoyConfig last;
  private @Nullable RuntimeException fault;

  SupplierWait(Supplier<EnvoyConfig> supplier, ConfigJudge judge, Duration deadline) {
    this.supplier = supplier;
    this.judge = judge;
    this.deadline =
        System.nanoTime() + (deadline.compareTo(LONGEST) < 0 ? deadline : LONGEST).toNanos();
  }

  void run() {
    while (!isContent()) {
      if (System.nanoTime() >= deadline) {
        String came = fault == null ? "not as wanted" : "the supplier threw " + fault;
        throw new EnvoyConfigException(TRIED, came, "", fault);
      }
      try {
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new EnvoyConfigException(TRIED, "interrupted", "", e);
      }
    }
  }

  private boolean isContent() {
    EnvoyConfig config;
    try {
      config = supplier.get();
      fault = null;
    } catch (RuntimeException e) {
      // Not yet: what keeps the configuration may still be connecting.
      fault = e;
      return false;
    }
    if (config == last) {
      return false;
    }
    last = config;
    return judge.isContentWith(config);
  }
}
