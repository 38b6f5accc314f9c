package dev.pilothouse.envoy.assertj;

import dev.pilothouse.envoy.Redacted;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Judges texts by Envoy's matchers. */
final class TextJudge {
  /**
   * Regular expressions that mean the same in RE2 and in Java: no look-around, no back reference,
   * no possessive quantifier, no class within a class, no letter escapes but these.
   */
  private static final Pattern SAME_EVERYWHERE =
      Pattern.compile(
          "(?:[^\\\\\\[\\](){}*+?|]|\\\\[^a-zA-Z0-9]|\\\\[dDwWsS]"
              + "|\\[\\^?(?:[^\\\\\\[\\]&]|\\\\[^a-zA-Z0-9]|\\\\[dDwWsS])+]"
              + "|\\((?:\\?:|(?!\\?))|\\)|\\||[*+?](?![+*])|\\{\\d+(?:,\\d*)?}(?![+*?]))*");

  private TextJudge() {}

  static Judgement judge(StringMatcher matcher, String text) {
    for (String wanted :
        List.of(
            matcher.getExact(), matcher.getPrefix(), matcher.getSuffix(), matcher.getContains())) {
      if (Redacted.is(wanted)) {
        return Judgement.undecided("is compared with a value that is redacted");
      }
    }
    boolean lower = matcher.getIgnoreCase();
    if (lower && !StandardCharsets.US_ASCII.newEncoder().canEncode(text)) {
      return Judgement.undecided("Envoy ignores the case of ASCII letters alone");
    }
    String value = lower ? text.toLowerCase(Locale.ROOT) : text;
    return switch (matcher.getMatchPatternCase()) {
      case EXACT ->
          of(value.equals(cased(matcher.getExact(), lower)), "is not", matcher.getExact());
      case PREFIX ->
          of(
              value.startsWith(cased(matcher.getPrefix(), lower)),
              "does not begin with",
              matcher.getPrefix());
      case SUFFIX ->
          of(
              value.endsWith(cased(matcher.getSuffix(), lower)),
              "does not end with",
              matcher.getSuffix());
      case CONTAINS ->
          of(
              value.contains(cased(matcher.getContains(), lower)),
              "does not contain",
              matcher.getContains());
      case SAFE_REGEX -> regex(matcher.getSafeRegex().getRegex(), text);
      case CUSTOM -> Judgement.undecided("a custom matcher judges it");
      case MATCHPATTERN_NOT_SET -> Judgement.undecided("nothing is known of its matcher");
    };
  }

  /** The whole text has to match. */
  static Judgement regex(String regex, String text) {
    if (SAME_EVERYWHERE.matcher(regex).matches()) {
      try {
        return of(Pattern.matches(regex, text), "does not match", regex);
      } catch (PatternSyntaxException e) {
        // Not the same after all.
      }
    }
    return Judgement.undecided(
        "Java may read the regular expression %s otherwise".formatted(regex));
  }

  private static String cased(String text, boolean lower) {
    return lower ? text.toLowerCase(Locale.ROOT) : text;
  }

  private static Judgement of(boolean holds, String isNot, String wanted) {
    return Judgement.of(holds, "%s \"%s\"".formatted(isNot, wanted));
  }
}
