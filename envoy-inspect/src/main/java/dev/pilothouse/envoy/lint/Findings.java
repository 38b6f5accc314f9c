package dev.pilothouse.envoy.lint;

import dev.pilothouse.envoy.Owner;
import dev.pilothouse.envoy.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Collects what the rules find. */
final class Findings {
  private final Set<LintRule> rules;
  private final List<LintFinding> all = new ArrayList<>();

  Findings(Set<LintRule> rules) {
    this.rules = rules;
  }

  List<LintFinding> all() {
    return all;
  }

  void error(LintRule rule, Part part, String message) {
    add(rule, Severity.ERROR, part.resource(), part.owner(), part.pointer(), message);
  }

  void warning(LintRule rule, Part part, String message) {
    add(rule, Severity.WARNING, part.resource(), part.owner(), part.pointer(), message);
  }

  void add(
      LintRule rule,
      Severity severity,
      Resource resource,
      @Nullable Owner owner,
      String pointer,
      String message) {
    if (rules.contains(rule)) {
      all.add(new LintFinding(rule, severity, resource, owner, pointer, message));
    }
  }
}
