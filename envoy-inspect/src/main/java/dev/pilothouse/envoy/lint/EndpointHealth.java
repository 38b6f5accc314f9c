package dev.pilothouse.envoy.lint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.envoy.ClusterName;
import dev.pilothouse.envoy.ClusterResource;
import dev.pilothouse.envoy.Endpoint;
import dev.pilothouse.envoy.Endpoint.Health;
import dev.pilothouse.envoy.EndpointResource;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigException;
import dev.pilothouse.envoy.Owner;
import dev.pilothouse.envoy.Resource.State;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds clusters that have nobody to send to. */
final class EndpointHealth implements PartCheck {
  // What is degraded is used, and of a state that is unknown here nobody can tell.
  private static final Set<Health> UNFIT =
      Set.of(Health.UNHEALTHY, Health.DRAINING, Health.TIMEOUT);

  private static final Map<String, String> CLUSTER_FIELDS =
      Map.of(
          "envoy.config.route.v3.RouteAction", "cluster",
          "envoy.config.route.v3.WeightedCluster.ClusterWeight", "name");
  private static final Set<String> HAS_ENDPOINTS =
      Set.of("EDS", "STATIC", "STRICT_DNS", "LOGICAL_DNS");

  private final Map<String, Owner> routedTo = new HashMap<>();
  private final EnvoyConfig config;
  private final Findings findings;

  EndpointHealth(EnvoyConfig config, Findings findings) {
    this.config = config;
    this.findings = findings;
  }

  /** Notes where the routes of somebody's rule lead; a service that nobody runs is no fault. */
  @Override
  public void check(Part part) {
    String field = CLUSTER_FIELDS.get(part.typeName());
    if (field != null && part.has(field)) {
      Owner owner = part.owner();
      if (owner != null) {
        routedTo.putIfAbsent(part.text(field), owner);
      }
    }
  }

  @Override
  public void finish() {
    Map<String, EndpointResource> assignments = new HashMap<>();
    config.endpoints().forEach(resource -> assignments.put(resource.name(), resource));
    for (ClusterResource cluster : config.clusters()) {
      EndpointResource assignment = assignment(cluster, assignments);
      try {
        if (cluster.state() == State.ACTIVE && assignment != null) {
          check(cluster, assignment.endpoints());
        } else if (assignments.isEmpty() && cluster.type().equals("EDS")) {
          findings.undecided(
              LintRule.NO_HEALTHY_ENDPOINT, "the dump has no endpoints", cluster.name());
        }
      } catch (EnvoyConfigException e) {
        findings.unreadable(assignment == null ? cluster : assignment, e);
      }
    }
  }

  private @Nullable EndpointResource assignment(
      ClusterResource cluster, Map<String, EndpointResource> assignments) {
    try {
      String service = cluster.edsServiceName();
      return assignments.get(service.isEmpty() ? cluster.name() : service);
    } catch (EnvoyConfigException e) {
      findings.unreadable(cluster, e);
      return null;
    }
  }

  private void check(ClusterResource cluster, List<Endpoint> endpoints) {
    String subset = cluster.parsedName().map(ClusterName::subset).orElse("");
    if (endpoints.isEmpty() && !subset.isEmpty()) {
      add(
          LintRule.SUBSET_WITHOUT_ENDPOINTS,
          Severity.WARNING,
          cluster,
          "Subset " + subset + " has no endpoint: requests that are sent to it get 503 (flag UH).");
    }
    Owner rule = routedTo.get(cluster.name());
    if (endpoints.isEmpty()
        && subset.isEmpty()
        && rule != null
        && HAS_ENDPOINTS.contains(cluster.type())) {
      findings.add(
          LintRule.NO_HEALTHY_ENDPOINT,
          Severity.WARNING,
          cluster,
          rule,
          cluster.pointer(),
          "The cluster has no endpoint: requests that are sent to it get 503 (flag UH).");
    }
    if (!endpoints.isEmpty() && endpoints.stream().allMatch(e -> UNFIT.contains(e.health()))) {
      boolean panics = panics(cluster);
      add(
          LintRule.NO_HEALTHY_ENDPOINT,
          panics ? Severity.WARNING : Severity.ERROR,
          cluster,
          "None of the "
              + endpoints.size()
              + " endpoints is healthy: "
              + (panics
                  ? "Envoy panics, and sends to them all the same."
                  : "requests get 503 (flag UH)."));
    }
  }

  /** Below a threshold, by default half, Envoy takes unhealthy endpoints as well. */
  private static boolean panics(ClusterResource cluster) {
    JsonNode raw = cluster.raw();
    JsonNode common =
        raw.has("common_lb_config") ? raw.path("common_lb_config") : raw.path("commonLbConfig");
    JsonNode threshold =
        common.has("healthy_panic_threshold")
            ? common.path("healthy_panic_threshold")
            : common.path("healthyPanicThreshold");
    return threshold.isMissingNode() || threshold.path("value").asDouble() > 0;
  }

  private void add(LintRule rule, Severity severity, ClusterResource cluster, String message) {
    findings.add(rule, severity, cluster, cluster.owner().orElse(null), cluster.pointer(), message);
  }
}
