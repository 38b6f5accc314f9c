package dev.pilothouse.envoy.trace;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.pilothouse.envoy.Redacted;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What a text has to be: Envoy's {@code StringMatcher}, compiled. */
final class TextMatch {
  private static final String REDACTED = "a value that is redacted";

  private final @Nullable Predicate<String> test;
  private final String wanted;

  private TextMatch(@Nullable Predicate<String> test, String wanted) {
    this.test = test;
    this.wanted = wanted;
  }

  static TextMatch of(StringMatcher matcher) {
    boolean ignoreCase = matcher.getIgnoreCase();
    return switch (matcher.getMatchPatternCase()) {
      case EXACT -> exact(matcher.getExact(), ignoreCase);
      case PREFIX -> prefix(matcher.getPrefix(), ignoreCase);
      case SUFFIX -> suffix(matcher.getSuffix(), ignoreCase);
      case CONTAINS -> contains(matcher.getContains(), ignoreCase);
      case SAFE_REGEX -> regex(matcher.getSafeRegex());
      case CUSTOM -> unknown("the string matcher " + matcher.getCustom().getName());
      case MATCHPATTERN_NOT_SET -> unknown("a string matcher of an unknown kind");
    };
  }

  static TextMatch exact(String value, boolean ignoreCase) {
    if (Redacted.is(value)) {
      return unknown(REDACTED);
    }
    return new TextMatch(
        ignoreCase ? text -> Ascii.equal(text, value) : value::equals,
        "is not " + quoted(value, ignoreCase));
  }

  static TextMatch prefix(String value, boolean ignoreCase) {
    if (Redacted.is(value)) {
      return unknown(REDACTED);
    }
    return new TextMatch(
        ignoreCase ? text -> Ascii.startsWith(text, value) : text -> text.startsWith(value),
        "does not start with " + quoted(value, ignoreCase));
  }

  static TextMatch suffix(String value, boolean ignoreCase) {
    if (Redacted.is(value)) {
      return unknown(REDACTED);
    }
    return new TextMatch(
        ignoreCase ? text -> Ascii.endsWith(text, value) : text -> text.endsWith(value),
        "does not end with " + quoted(value, ignoreCase));
  }

  static TextMatch contains(String value, boolean ignoreCase) {
    if (Redacted.is(value)) {
      return unknown(REDACTED);
    }
    String lower = Ascii.lower(value);
    return new TextMatch(
        ignoreCase ? text -> Ascii.lower(text).contains(lower) : text -> text.contains(value),
        "does not contain " + quoted(value, ignoreCase));
  }

  static TextMatch regex(RegexMatcher matcher) {
    return regex(matcher.getRegex());
  }

  /** The whole text has to match, as everywhere in Envoy. */
  static TextMatch regex(String regex) {
    try {
      Pattern pattern = Pattern.compile(regex);
      return new TextMatch(
          text -> pattern.matcher(text).matches(), "does not match the regex '" + regex + "'");
    } catch (PatternSyntaxException e) {
      return unknown("the regex '" + regex + "', which this library cannot read");
    }
  }

  /** A whole number, from one up to but not including another. */
  static TextMatch range(long start, long end) {
    return new TextMatch(
        text -> {
          Long number = Ascii.number(text);
          return number != null && number >= start && number < end;
        },
        "is not a number from " + start + " to " + (end - 1));
  }

  static TextMatch unknown(String what) {
    return new TextMatch(null, "is matched by " + what);
  }

  boolean unknown() {
    return test == null;
  }

  Verdict test(String text) {
    Predicate<String> known = test;
    return known == null ? Verdict.UNKNOWN : Verdict.of(known.test(text));
  }

  /** For people, after the name of what was tested: what it should be and is not. */
  String wanted() {
    return wanted;
  }

  private static String quoted(String value, boolean ignoreCase) {
    return "'" + value + (ignoreCase ? "' in any case" : "'");
  }
}
