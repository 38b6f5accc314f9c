package dev.pilothouse.envoy.lint;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What was found in a configuration.
 *
 * @param source where the configuration is from
 * @param findings in the order of the rules, then of the dump
 * @param notes what the rules could not decide, because the dump lacks something, as its clusters
 *     or its bootstrap; empty when they looked at everything
 */
public record LintReport(String source, List<LintFinding> findings, List<String> notes) {
  /** Copies the lists. */
  public LintReport {
    notes = List.copyOf(notes);
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
   * @return true if there is no finding, whatever the notes say
   */
  public boolean isEmpty() {
    return findings.isEmpty();
  }

  /**
   * Everything as a text for people. What is the same in many places, as one cluster that a
   * thousand others need, is told once, with the first place.
   *
   * @return three lines for each kind of finding: rule and resource, message, owner and place; then
   *     one for each note
   */
  public String table() {
    Map<List<Object>, List<LintFinding>> alike = new LinkedHashMap<>();
    for (LintFinding finding : findings) {
      List<Object> key = List.of(finding.rule(), finding.severity(), finding.message());
      alike.computeIfAbsent(key, k -> new ArrayList<>()).add(finding);
    }
    StringBuilder text = new StringBuilder(this.toString()).append('\n');
    alike.values().forEach(all -> append(all.get(0), all.size() - 1, text));
    notes.forEach(note -> text.append("note  ").append(note).append('\n'));
    return text.toString();
  }

  private static void append(LintFinding finding, int more, StringBuilder text) {
    String name = finding.resource().name();
    text.append(finding.severity()).append("  ").append(finding.rule().id()).append("  ");
    text.append(finding.resource().section().fieldName());
    text.append(name.isEmpty() ? "" : " " + name).append('\n');
    text.append("    ").append(finding.message()).append("\n    ");
    text.append(finding.owner().map(owner -> owner + ", at ").orElse("at "));
    text.append(finding.pointer());
    text.append(more == 0 ? "" : ", and in " + more + (more == 1 ? " more place" : " more places"));
    text.append('\n');
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
    String not =
        notes.isEmpty() ? "" : ", " + notes.size() + (notes.size() == 1 ? " note" : " notes");
    return "LintReport[" + source + ": " + found + not + "]";
  }
}
