package dev.pilothouse.envoy.lint;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/** Finds regular expressions that Envoy's engine, RE2, cannot read. */
final class Regexes implements PartCheck {
  /** What RE2 can read, and the library that is asked here may not. */
  private static final java.util.regex.Pattern NOT_TOLD =
      java.util.regex.Pattern.compile("\\(\\?<[A-Za-z]|\\\\[CpPQ]");

  private final Findings findings;

  Regexes(Findings findings) {
    this.findings = findings;
  }

  @Override
  public boolean looksAtRejected() {
    return true;
  }

  @Override
  public void check(Part part) {
    if (!part.is("envoy.type.matcher.v3.RegexMatcher")) {
      return;
    }
    String regex = part.text("regex");
    try {
      Pattern.compile(regex);
    } catch (PatternSyntaxException e) {
      if (!NOT_TOLD.matcher(regex).find()) {
        findings.error(
            LintRule.INVALID_REGEX,
            part,
            "The regular expression "
                + regex
                + " cannot be read by RE2 ("
                + e.getDescription()
                + "): Envoy refuses what it stands in, and keeps what it had.");
      }
    }
  }
}
