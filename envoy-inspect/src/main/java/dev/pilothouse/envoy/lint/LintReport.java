package dev.pilothouse.envoy.lint;

import java.util.ArrayList;
import java.util.List;

/**
 * What was found in a configuration.
 *
 * @param source where the configuration is from
 * @param findings in the order of the rules, then of the dump
 */
public record LintReport(String source, List<LintFinding> findings) {
  /** Copies the list. */
  public LintReport {
    findings = List.copyOf(findings);
  }

  /**
   * What one rule found.
   *
   * @param rule the rule
   * @return its findings
   */
  public List<LintFinding> findings(LintRule rule) {
    return findings.stream().filter(finding -> finding.rule() == rule).toList();
  }

  /**
   * Whether nothing was found.
   *
   * @return true if there is no finding
   */
  public boolean isEmpty() {
    return findings.isEmpty();
  }

  /**
   * Everything as a text for people.
   *
   * @return three lines for each finding: rule and resource, message, owner and place
   */
  public String table() {
    List<String> lines = new ArrayList<>();
    lines.add(this.toString());
    for (LintFinding finding : findings) {
      String name = finding.resource().name();
      lines.add(
          finding.severity()
              + "  "
              + finding.rule().id()
              + "  "
              + finding.resource().section().fieldName()
              + (name.isEmpty() ? "" : " " + name));
      lines.add("    " + finding.message());
      lines.add(
          "    " + finding.owner().map(owner -> owner + ", at ").orElse("at ") + finding.pointer());
    }
    return String.join("\n", lines) + "\n";
  }

  /** One line: how much was found. */
  @Override
  public String toString() {
    long errors = findings.stream().filter(f -> f.severity() == Severity.ERROR).count();
    long warnings = findings.size() - errors;
    String found =
        isEmpty()
            ? "nothing found"
            : (errors == 0 ? "" : errors + (errors == 1 ? " error" : " errors"))
                + (errors == 0 || warnings == 0 ? "" : ", ")
                + (warnings == 0 ? "" : warnings + (warnings == 1 ? " warning" : " warnings"));
    return "LintReport[" + source + ": " + found + "]";
  }
}
