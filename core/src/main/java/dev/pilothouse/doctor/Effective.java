package dev.pilothouse.doctor;

import dev.pilothouse.doctor.Diagnosis.Check;
import dev.pilothouse.envoy.Resource;
import dev.pilothouse.envoy.lint.EnvoyLint;
import dev.pilothouse.envoy.lint.LintFinding;
import dev.pilothouse.envoy.lint.LintRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** Whether what the proxy uses can do what it should. */
final class Effective {
  private static final Set<LintRule> RULES =
      Set.of(
          LintRule.SHADOWED_ROUTE,
          LintRule.DANGLING_CLUSTER,
          LintRule.SUBSET_WITHOUT_ENDPOINTS,
          LintRule.NO_HEALTHY_ENDPOINT,
          LintRule.INVALID_REGEX,
          LintRule.DUPLICATE_DOMAIN);

  /** What the configuration alone does not tell. */
  private static final List<Function<Case, List<String>>> LOOKS =
      List.of(
          PolicyEffect::faults,
          MutualTlsEffect::faults,
          GatewayGeneration::unreachable,
          ServiceEntryGeneration::withoutEndpoints);

  private Effective() {}

  static Check check(Case c) {
    Set<String> targets = targets(c);
    List<LintFinding> found =
        EnvoyLint.create().check(c.live()).findings().stream()
            .filter(finding -> RULES.contains(finding.rule()))
            .filter(
                finding ->
                    owned(c, finding)
                        || targets.contains(finding.resource().name())
                        || delegated(c, finding))
            .toList();
    List<String> behind = CatchAll.behind(c);
    if (!behind.isEmpty()) {
      return Check.broken(Link.EFFECTIVE, String.join("; ", behind));
    }
    for (Function<Case, List<String>> look : LOOKS) {
      List<String> faults = new ArrayList<>(look.apply(c));
      if (!faults.isEmpty()) {
        return Check.broken(Link.EFFECTIVE, faults.remove(0), faults);
      }
    }
    if (found.isEmpty()) {
      return Check.holds(Link.EFFECTIVE, "nothing stands in its way that the configuration tells");
    }
    return Check.broken(
        Link.EFFECTIVE,
        found.get(0).message(),
        found.stream().map(LintFinding::toString).distinct().toList());
  }

  private static boolean owned(Case c, LintFinding finding) {
    return finding
        .owner()
        .filter(owner -> owner.kind().equals(c.kind().kind()))
        .filter(owner -> owner.namespace().equals(c.namespace()))
        .filter(owner -> owner.name().equals(c.name()))
        .isPresent();
  }

  /** What is made of a delegate bears the name of the one that delegates. */
  private static boolean delegated(Case c, LintFinding finding) {
    if (c.kind() != IstioKind.VIRTUAL_SERVICE || !c.spec().path("hosts").isEmpty()) {
      return false;
    }
    boolean roots =
        VirtualServiceRelevance.roots(c).stream()
            .anyMatch(
                root ->
                    finding
                        .owner()
                        .filter(owner -> owner.namespace().equals(root.namespace()))
                        .filter(owner -> owner.name().equals(root.name()))
                        .isPresent());
    return roots
        && c.spec().path("http").findValues("host").stream()
            .map(host -> Hosts.resolved(host.asText(), c.namespace()))
            .anyMatch(host -> finding.message().contains("|" + host));
  }

  /** The clusters that it leads to, or has made. */
  private static Set<String> targets(Case c) {
    Set<String> names = new TreeSet<>();
    if (c.kind() == IstioKind.VIRTUAL_SERVICE) {
      c.live().routeConfigurations().stream()
          .flatMap(configuration -> configuration.virtualHosts().stream())
          .flatMap(host -> host.routes().stream())
          .filter(
              route ->
                  route
                      .owner()
                      .filter(o -> o.kind().equals(c.kind().kind()))
                      .filter(o -> o.namespace().equals(c.namespace()) && o.name().equals(c.name()))
                      .isPresent())
          .flatMap(route -> route.clusters().stream())
          .forEach(cluster -> names.add(cluster.name()));
    } else if (c.kind() == IstioKind.DESTINATION_RULE || c.kind() == IstioKind.SERVICE_ENTRY) {
      Traces.of(c).stream()
          .flatMap(trace -> Traces.in(c.live(), trace).stream())
          .map(Resource::name)
          .forEach(names::add);
    }
    return names;
  }
}
