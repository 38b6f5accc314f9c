package dev.pilothouse.envoy.trace;

import io.envoyproxy.envoy.config.route.v3.QueryParameterMatcher;
import org.jspecify.annotations.Nullable;

/** A condition on a query parameter, or on a cookie. */
final class ParameterMatch implements Condition {
  private final boolean cookie;
  private final String name;
  private final @Nullable TextMatch text;
  private final boolean present;
  private final boolean invert;

  private ParameterMatch(
      boolean cookie, String name, @Nullable TextMatch text, boolean present, boolean invert) {
    this.cookie = cookie;
    this.name = name;
    this.text = text;
    this.present = present;
    this.invert = invert;
  }

  static Condition query(QueryParameterMatcher matcher) {
    return switch (matcher.getQueryParameterMatchSpecifierCase()) {
      case STRING_MATCH ->
          new ParameterMatch(
              false, matcher.getName(), TextMatch.of(matcher.getStringMatch()), true, false);
      case PRESENT_MATCH ->
          new ParameterMatch(false, matcher.getName(), null, matcher.getPresentMatch(), false);
      case QUERYPARAMETERMATCHSPECIFIER_NOT_SET ->
          new ParameterMatch(false, matcher.getName(), null, true, false);
    };
  }

  static Condition cookie(String name, TextMatch text, boolean invert) {
    return new ParameterMatch(true, name, text, true, invert);
  }

  @Override
  public Verdict test(Facts facts) {
    String value = value(facts);
    TextMatch wanted = text;
    if (wanted == null) {
      return Verdict.of((value != null) == present);
    }
    Verdict verdict = value == null ? Verdict.NO : wanted.test(value);
    return invert ? verdict.not() : verdict;
  }

  @Override
  public String reason(Facts facts) {
    String value = value(facts);
    String what = "the " + (cookie ? "cookie " : "query parameter ") + name;
    TextMatch wanted = text;
    if (value == null) {
      return what + " is missing";
    }
    if (wanted == null || invert) {
      return what + " is there: '" + value + "'";
    }
    return what + ", '" + value + "', " + wanted.wanted();
  }

  private @Nullable String value(Facts facts) {
    return cookie ? facts.cookie(name) : facts.query(name);
  }
}
