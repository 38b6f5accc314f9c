package dev.pilothouse.envoy;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One wait for a configuration, and what it saw on the way. */
final class ConfigWait {
  private static final Duration PAUSE = Duration.ofMillis(2);
  private static final Duration LONGEST = Duration.ofDays(365);
  private static final int NAMES_TOLD = 5;

  private final ConfigSource source;
  private final Predicate<EnvoyConfig> wanted;
  private final ReadLimits limits;
  private final long start = System.nanoTime();
  private final long deadline;

  private @Nullable ConfigDump lastDump;
  private @Nullable EnvoyConfig last;
  private @Nullable EnvoyConfig beforeLast;
  private @Nullable Throwable readFault;
  private @Nullable Throwable conditionFault;
  private long lastChangeAt = start;
  private int reads;
  private int changes;

  ConfigWait(
      ConfigSource source, Predicate<EnvoyConfig> wanted, ReadLimits limits, Duration deadline) {
    this.source = source;
    this.wanted = wanted;
    this.limits = limits;
    this.deadline = start + (deadline.compareTo(LONGEST) < 0 ? deadline : LONGEST).toNanos();
  }

  EnvoyConfig run() {
    while (true) {
      long before = System.nanoTime();
      EnvoyConfig changed = poll(before);
      if (changed != null && holds(changed)) {
        return changed;
      }
      long now = System.nanoTime();
      if (Thread.interrupted()) {
        throw interrupted(readFault);
      }
      if (now >= deadline) {
        throw failure("not as wanted within " + millisSince(start), null);
      }
      // A large dump keeps Envoy's main thread busy: leave it time for its own work too.
      sleep(Math.min(Math.max(PAUSE.toNanos(), (now - before) / 2), deadline - now));
    }
  }

  /** The configuration, if it differs from the last one. */
  private @Nullable EnvoyConfig poll(long now) {
    Duration left = Duration.ofNanos(Math.max(1_000_000, deadline - now));
    try {
      ConfigDump dump =
          source.fetch(left.compareTo(limits.timeout()) < 0 ? limits.withTimeout(left) : limits);
      reads++;
      readFault = null;
      if (lastDump != null && lastDump.equals(dump)) {
        return null;
      }
      EnvoyConfig config = new ConfigReader(source, last).read(dump);
      lastDump = dump;
      return config == last ? null : note(config);
    } catch (RuntimeException e) {
      // Not yet: Envoy may still be starting. A read that the deadline cut short tells nothing.
      if (last == null || System.nanoTime() < deadline) {
        readFault = e;
      }
      return null;
    }
  }

  private boolean holds(EnvoyConfig config) {
    conditionFault = null;
    try {
      return wanted.test(config);
    } catch (RuntimeException | AssertionError e) {
      // Not yet: a condition may look into something that has not come.
      conditionFault = e;
      return false;
    }
  }

  private EnvoyConfig note(EnvoyConfig config) {
    if (last != null) {
      changes++;
      lastChangeAt = System.nanoTime();
    }
    beforeLast = last;
    last = config;
    return config;
  }

  private void sleep(long nanos) {
    try {
      Thread.sleep(nanos / 1_000_000, (int) (nanos % 1_000_000));
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private EnvoyConfigException interrupted(@Nullable Throwable cause) {
    Thread.currentThread().interrupt();
    return failure("interrupted after " + millisSince(start), cause);
  }

  private EnvoyConfigException failure(String how, @Nullable Throwable cause) {
    StringBuilder text = new StringBuilder(how).append("; ");
    text.append(reads)
        .append(" reads, ")
        .append(changes)
        .append(changes == 1 ? " change" : " changes");
    if (last != null && beforeLast != null) {
      text.append(", the last ").append(millisSince(lastChangeAt)).append(" ago: ");
      text.append(difference(beforeLast, last));
    }
    text.append(System.lineSeparator()).append("Last seen: ");
    text.append(last == null ? "nothing" : last);
    if (conditionFault != null) {
      text.append(System.lineSeparator()).append("The condition threw: ").append(conditionFault);
    }
    if (readFault != null) {
      text.append(System.lineSeparator()).append("The last read failed: ");
      text.append(readFault.getMessage());
    }
    Throwable why = cause != null ? cause : readFault != null ? readFault : conditionFault;
    return EnvoyConfigException.inVain(
        "waiting for the configuration of " + source.describe(), text.toString(), last, why);
  }

  private static String millisSince(long then) {
    return (System.nanoTime() - then) / 1_000_000 + " ms";
  }

  /** Names what came, changed or went between two configurations. */
  private static String difference(EnvoyConfig before, EnvoyConfig after) {
    Map<String, Resource> gone = new HashMap<>();
    before.resources().forEach(resource -> gone.put(resource.toString(), resource));
    List<String> changed =
        after.resources().stream()
            .filter(
                resource -> {
                  Resource was = gone.remove(resource.toString());
                  return was == null || !resource.holdsSameAs(was);
                })
            .map(Resource::toString)
            .toList();
    String came = changed.isEmpty() ? "" : "changed " + some(changed);
    String went = gone.isEmpty() ? "" : "gone " + some(List.copyOf(gone.keySet()));
    return came + (came.isEmpty() || went.isEmpty() ? "" : "; ") + went;
  }

  private static String some(List<String> names) {
    String text = String.join(", ", names.stream().limit(NAMES_TOLD).toList());
    return names.size() <= NAMES_TOLD
        ? text
        : text + " and " + (names.size() - NAMES_TOLD) + " more";
  }
}
