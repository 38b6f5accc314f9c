package dev.pilothouse.envoy.trace;

import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A condition on a header. */
final class HeaderMatch implements Condition {
  /** Envoy may set, change or drop these before it looks for a route. */
  private static final Set<String> TOUCHED =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-connection",
          "transfer-encoding",
          "upgrade",
          "te",
          "expect",
          "via",
          "user-agent",
          "x-forwarded-for",
          "x-forwarded-client-cert",
          "x-forwarded-port",
          "x-client-trace-id",
          "x-request-id",
          ":protocol");

  private final String name;
  private final boolean invert;
  private final boolean missingIsEmpty;
  private final @Nullable TextMatch text;
  private final boolean present;
  private final Verdict oneByOne;

  private HeaderMatch(
      HeaderMatcher matcher, @Nullable TextMatch text, boolean present, Verdict oneByOne) {
    this.oneByOne = oneByOne;
    this.name = matcher.getName().toLowerCase(Locale.ROOT);
    this.invert = matcher.getInvertMatch();
    this.missingIsEmpty = matcher.getTreatMissingHeaderAsEmpty();
    this.text = text;
    this.present = present;
  }

  @SuppressWarnings("deprecation") // Envoy still takes the old forms
  static Condition of(HeaderMatcher matcher, RuntimeSettings runtime) {
    String name = matcher.getName().toLowerCase(Locale.ROOT);
    if (touched(name)) {
      return Condition.unknown(
          "Envoy may itself set, change or drop the header " + name + " before it routes");
    }
    Verdict oneByOne = runtime.feature("match_headers_individually", 39);
    TextMatch text =
        switch (matcher.getHeaderMatchSpecifierCase()) {
          case STRING_MATCH -> TextMatch.of(matcher.getStringMatch());
          case EXACT_MATCH -> exact(matcher.getExactMatch());
          case PREFIX_MATCH -> TextMatch.prefix(matcher.getPrefixMatch(), false);
          case SUFFIX_MATCH -> TextMatch.suffix(matcher.getSuffixMatch(), false);
          case CONTAINS_MATCH -> TextMatch.contains(matcher.getContainsMatch(), false);
          case SAFE_REGEX_MATCH -> TextMatch.regex(matcher.getSafeRegexMatch());
          case RANGE_MATCH ->
              TextMatch.range(matcher.getRangeMatch().getStart(), matcher.getRangeMatch().getEnd());
          case PRESENT_MATCH, HEADERMATCHSPECIFIER_NOT_SET -> null;
        };
    boolean present = !matcher.hasPresentMatch() || matcher.getPresentMatch();
    return new HeaderMatch(matcher, text, present, oneByOne);
  }

  static boolean touched(String name) {
    return name.startsWith("x-envoy-") || TOUCHED.contains(name);
  }

  /** An empty one asks for the header alone. */
  private static TextMatch exact(String value) {
    return value.isEmpty() ? TextMatch.prefix("", false) : TextMatch.exact(value, false);
  }

  @Override
  public Verdict test(Facts facts) {
    if (facts.dependsOnTheWay(name)) {
      return Verdict.UNKNOWN;
    }
    String value = facts.header(name);
    if (value == null && missingIsEmpty) {
      value = "";
    }
    TextMatch wanted = text;
    if (wanted == null) {
      return Verdict.of((value != null) == present != invert);
    }
    if (value == null) {
      return Verdict.NO; // not inverted either
    }
    List<String> values = facts.repeated(name);
    Verdict joined = wanted.test(value);
    Verdict verdict = joined;
    if (!values.isEmpty() && oneByOne != Verdict.NO) {
      verdict = Verdict.NO;
      for (String each : values) {
        verdict = verdict.or(wanted.test(each));
      }
      if (oneByOne == Verdict.UNKNOWN && verdict != joined) {
        return Verdict.UNKNOWN;
      }
    }
    return invert ? verdict.not() : verdict;
  }

  @Override
  public String reason(Facts facts) {
    if (facts.dependsOnTheWay(name)) {
      return "an HTTP connection manager may change the header " + name;
    }
    String value = facts.header(name);
    TextMatch wanted = text;
    if (wanted == null || (value == null && !missingIsEmpty)) {
      return "the header " + name + " is " + (value == null ? "missing" : "there: '" + value + "'");
    }
    if (oneByOne == Verdict.UNKNOWN && test(facts) == Verdict.UNKNOWN && !wanted.unknown()) {
      return "the header "
          + name
          + " comes several times, and Envoys before 1.39 join its values, later ones do not";
    }
    String shown = "the header " + name + ", '" + (value == null ? "" : value) + "', ";
    return shown
        + (invert && !wanted.unknown() ? "may not be one that " + not(wanted) : wanted.wanted());
  }

  /** The inverted form reads better as what the value is. */
  private static String not(TextMatch wanted) {
    return wanted
        .wanted()
        .replaceFirst("^does not match ", "matches ")
        .replaceFirst("^does not ([a-z]+)", "$1s")
        .replaceFirst("^is not ", "is ");
  }
}
