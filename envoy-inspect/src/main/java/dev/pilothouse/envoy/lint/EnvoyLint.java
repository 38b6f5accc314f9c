package dev.pilothouse.envoy.lint;

import dev.pilothouse.envoy.ConfigSection;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigException;
import dev.pilothouse.envoy.Resource;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Looks through a configuration for what is broken. Every rule of {@link LintRule} is exact: what
 * the dump does not decide is no finding. So a part of a dump, as the answer to one {@code
 * resource=} query, gives fewer findings than the whole, and never wrong ones; {@link
 * LintReport#notes()} tells what it did not decide. Immutable and safe for use by several threads.
 *
 * <pre>{@code
 * LintReport report = EnvoyLint.create().without(LintRule.WARMING).check(config);
 * report.findings().forEach(finding -> finding.message());
 * }</pre>
 *
 * <p>Checked against Envoy 1.40 and what istiod 1.31-dev pushes: its own clusters that lead nowhere
 * on purpose, as {@code BlackHoleCluster}, are no findings.
 */
public final class EnvoyLint {
  private final Clock clock;
  private final Set<LintRule> rules;

  private EnvoyLint(Clock clock, Set<LintRule> rules) {
    this.clock = clock;
    this.rules = Set.copyOf(rules);
  }

  /**
   * All rules, certificates by the system's clock.
   *
   * @return the lint
   */
  public static EnvoyLint create() {
    return new EnvoyLint(Clock.systemUTC(), EnumSet.allOf(LintRule.class));
  }

  /**
   * The same with another clock for certificates.
   *
   * @param other the clock
   * @return a new lint
   */
  public EnvoyLint withClock(Clock other) {
    return new EnvoyLint(other, rules);
  }

  /**
   * The same without some rules.
   *
   * @param others the rules to leave out
   * @return a new lint
   */
  public EnvoyLint without(LintRule... others) {
    List<LintRule> rest = new ArrayList<>(rules);
    rest.removeAll(List.of(others));
    return new EnvoyLint(clock, Set.copyOf(rest));
  }

  /**
   * Looks through a configuration. It reads every resource, so it takes a while on a large dump.
   *
   * @param config the configuration
   * @return what was found; what cannot be read is a finding too
   */
  public LintReport check(EnvoyConfig config) {
    Facts facts = Facts.of(config);
    Findings findings = new Findings(rules);
    List<PartCheck> checks =
        List.of(
            new DanglingClusters(facts, findings),
            new DanglingRouteConfigurations(facts, findings),
            new DanglingSecrets(facts, findings),
            new ShadowedRoutes(findings),
            new Regexes(findings),
            new Shapes(findings),
            new DuplicateDomains(findings),
            new FilterChains(findings),
            new EndpointHealth(config, findings));
    Certificates certificates = new Certificates(clock, findings);
    for (Resource resource : config.resources()) {
      try {
        Part.root(resource).ifPresent(root -> root.walk(facts, checks));
        if (facts.isInUse(resource) && resource.section() != ConfigSection.BOOTSTRAP) {
          certificates.check(resource);
        }
      } catch (EnvoyConfigException e) {
        findings.unreadable(resource, e);
      }
    }
    checks.forEach(PartCheck::finish);
    new ResourceStates(config, findings).check();
    List<LintFinding> sorted = new ArrayList<>(findings.all());
    sorted.sort(Comparator.comparing(LintFinding::rule));
    return new LintReport(config.source(), sorted, findings.notes());
  }
}
