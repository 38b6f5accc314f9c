package dev.pilothouse.envoy.lint;

import dev.pilothouse.envoy.EnvoyConfigException;
import dev.pilothouse.envoy.Owner;
import dev.pilothouse.envoy.Place;
import dev.pilothouse.envoy.Resource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Collects what the rules find. */
final class Findings {
  private static final int MOST_NAMES = 5;

  private final Set<LintRule> rules;
  private final List<LintFinding> all = new ArrayList<>();
  private final Map<LintRule, Map<String, Set<String>>> undecided = new EnumMap<>(LintRule.class);

  Findings(Set<LintRule> rules) {
    this.rules = rules;
  }

  List<LintFinding> all() {
    return all;
  }

  /**
   * Notes that a rule could not tell, because of something that the dump lacks.
   *
   * @param about what it could have told of
   */
  void undecided(LintRule rule, String why, String about) {
    if (rules.contains(rule)) {
      undecided
          .computeIfAbsent(rule, r -> new LinkedHashMap<>())
          .computeIfAbsent(why, w -> new TreeSet<>())
          .add(about);
    }
  }

  /** What could not be told, one line for each rule and reason. */
  List<String> notes() {
    List<String> notes = new ArrayList<>();
    undecided.forEach(
        (rule, reasons) ->
            reasons.forEach(
                (why, about) ->
                    notes.add(
                        rule.id()
                            + ": "
                            + why
                            + "; not decided for "
                            + about.stream().limit(MOST_NAMES).collect(Collectors.joining(", "))
                            + (about.size() > MOST_NAMES
                                ? " and " + (about.size() - MOST_NAMES) + " more"
                                : ""))));
    return notes;
  }

  void unreadable(Resource resource, EnvoyConfigException e) {
    String pointer = e.place().map(Place::pointer).orElse(resource.pointer());
    add(
        LintRule.UNREADABLE,
        Severity.ERROR,
        resource,
        null,
        pointer,
        "It cannot be read: "
            + String.valueOf(e.getMessage()).lines().findFirst().orElse("")
            + ".");
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
