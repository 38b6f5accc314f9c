package dev.pilothouse.doctor;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a {@link Doctor} found.
 *
 * @param resource as {@code VirtualService default/httpbin}
 * @param proxyId {@code pod.namespace}
 * @param takenAt when the proxy was asked
 * @param checks the links that were looked at, in order; the last one is the broken one, if one is
 */
public record Diagnosis(String resource, String proxyId, Instant takenAt, List<Check> checks) {
  /** How a link is. */
  public enum Outcome {
    /** It holds. */
    HOLDS,
    /** It cannot be told; the chain is followed further. */
    UNDECIDED,
    /** It is broken. */
    BROKEN
  }

  /**
   * One link.
   *
   * @param link which one
   * @param outcome how it is
   * @param words what was found, one sentence
   * @param evidence what shows it: istiod's, Envoy's and the API server's own words and values;
   *     maybe empty
   */
  public record Check(Link link, Outcome outcome, String words, List<String> evidence) {
    /** Copies the list. */
    public Check {
      evidence = List.copyOf(evidence);
    }

    static Check holds(Link link, String words, String... evidence) {
      return new Check(link, Outcome.HOLDS, words, List.of(evidence));
    }

    static Check undecided(Link link, String words, String... evidence) {
      return new Check(link, Outcome.UNDECIDED, words, List.of(evidence));
    }

    static Check broken(Link link, String words, List<String> evidence) {
      return new Check(link, Outcome.BROKEN, words, evidence);
    }

    static Check broken(Link link, String words, String... evidence) {
      return broken(link, words, List.of(evidence));
    }

    /** As {@code GENERATED broken: no service …}. */
    @Override
    public String toString() {
      return link + " " + outcome.name().toLowerCase(Locale.ROOT) + ": " + words;
    }
  }

  /** Copies the list. */
  public Diagnosis {
    checks = List.copyOf(checks);
  }

  /**
   * The first broken link.
   *
   * @return empty when none is broken
   */
  public Optional<Check> broken() {
    return checks.stream().filter(check -> check.outcome() == Outcome.BROKEN).findFirst();
  }

  /**
   * Whether the change is live in this proxy, as far as can be told.
   *
   * @return true if no link is broken
   */
  public boolean live() {
    return broken().isEmpty();
  }

  /**
   * Everything as a text for people.
   *
   * @return the verdict, a line for each link, and below it its evidence
   */
  public String table() {
    StringBuilder text = new StringBuilder(resource).append(" → ").append(proxyId).append(": ");
    text.append(broken().map(check -> "not live, " + check.link() + " is broken").orElse("live"));
    for (Check check : checks) {
      String sign =
          switch (check.outcome()) {
            case HOLDS -> "✓";
            case UNDECIDED -> "?";
            case BROKEN -> "✗";
          };
      text.append(System.lineSeparator());
      text.append(String.format("  %s %-12s  %s", sign, check.link(), check.words()));
      for (String evidence : check.evidence()) {
        evidence
            .lines()
            .forEach(line -> text.append(System.lineSeparator()).append("        ").append(line));
      }
    }
    return text.toString();
  }
}
