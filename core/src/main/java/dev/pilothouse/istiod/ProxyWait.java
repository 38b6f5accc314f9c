package dev.pilothouse.istiod;

import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.Poll;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Waits for one proxy. Used once. */
final class ProxyWait {
  private static final int TAIL_LINES = 10;

  private final Istiod istiod;
  private final Asked asked;
  private final String proxyId;
  private final Predicate<ProxySync> condition;
  private List<ProxySync> seen = List.of();

  /** What is asked. */
  interface Asked {
    /** The proxies that are connected now. */
    List<ProxySync> proxies() throws IOException, InterruptedException;

    /** Whether istiod has exited, and nobody is about to start it again. */
    boolean gone();

    /** Why it is gone. */
    String exitText();
  }

  ProxyWait(Istiod istiod, Asked asked, String proxyId, Predicate<ProxySync> condition) {
    this.istiod = istiod;
    this.asked = asked;
    this.proxyId = proxyId;
    this.condition = condition;
  }

  ProxySync until(Duration deadline) {
    String tried = "waiting for proxy " + proxyId + " at istiod " + istiod.spec().name();
    Poll.Outcome<ProxySync> outcome = Poll.until(tried, deadline, asked::gone, this::ask);
    if (outcome.value() != null) {
      return outcome.value();
    }
    StringBuilder text = new StringBuilder();
    if (outcome.hopeless()) {
      text.append(asked.exitText());
    } else {
      text.append("the condition did not hold within ").append(deadline.toMillis()).append(" ms");
      text.append(System.lineSeparator()).append(describe());
      if (outcome.lastFailure() != null) {
        text.append(System.lineSeparator()).append("istiod's last answer: ");
        text.append(outcome.seenLast());
      }
      text.append(System.lineSeparator()).append("The end of istiod's log:");
      StartupLog.tail(istiod.logTail(TAIL_LINES), TAIL_LINES)
          .forEach(line -> text.append(System.lineSeparator()).append("  ").append(line));
    }
    throw new PilothouseException(tried, text.toString(), "", istiod.log(), outcome.lastFailure());
  }

  /**
   * A proxy that has just reconnected is listed once for its old connection too, for an instant:
   * the condition must hold for both, so that the old one's good state is not taken for the new
   * one's.
   */
  private Optional<ProxySync> ask() throws IOException, InterruptedException {
    seen = asked.proxies();
    List<ProxySync> mine = mine();
    return !mine.isEmpty() && mine.stream().allMatch(condition)
        ? Optional.of(mine.get(mine.size() - 1))
        : Optional.empty();
  }

  private List<ProxySync> mine() {
    return seen.stream().filter(proxy -> proxy.proxyId().equals(proxyId)).toList();
  }

  private String describe() {
    List<ProxySync> mine = mine();
    if (mine.isEmpty()) {
      TreeSet<String> others = new TreeSet<>();
      seen.forEach(proxy -> others.add(proxy.proxyId()));
      return "It is not connected. Connected: " + (others.isEmpty() ? "none" : others);
    }
    StringBuilder text = new StringBuilder("Seen last:");
    mine.forEach(proxy -> text.append(System.lineSeparator()).append(proxy.table()));
    return text.toString();
  }
}
