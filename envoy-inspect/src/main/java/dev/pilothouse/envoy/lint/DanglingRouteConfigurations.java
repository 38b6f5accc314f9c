package dev.pilothouse.envoy.lint;

/**
 * Finds who asks RDS for a route configuration that has not come: connection managers and scopes.
 */
final class DanglingRouteConfigurations implements PartCheck {
  private static final String RDS =
      "envoy.extensions.filters.network.http_connection_manager.v3.Rds";

  private static final String SCOPE = "envoy.config.route.v3.ScopedRouteConfiguration";

  private final Facts facts;
  private final Findings findings;

  DanglingRouteConfigurations(Facts facts, Findings findings) {
    this.facts = facts;
    this.findings = findings;
  }

  @Override
  public void check(Part part) {
    if (part.is(RDS) && facts.hasNoRouteConfigurations()) {
      findings.undecided(
          LintRule.DANGLING_ROUTE_CONFIGURATION,
          "the dump has no route configurations from RDS",
          part.text("route_config_name"));
    }
    if (part.is(RDS) && facts.lacksRouteConfiguration(part.text("route_config_name"))) {
      findings.error(
          LintRule.DANGLING_ROUTE_CONFIGURATION,
          part,
          "There is no route configuration "
              + part.text("route_config_name")
              + ": a listener that warms waits for it, one that is active answers 404 to every"
              + " request.");
    }
    if (part.is(SCOPE)
        && !part.has("route_configuration")
        && !part.text("on_demand").equals("true")
        && facts.lacksRouteConfiguration(part.text("route_configuration_name"))) {
      findings.error(
          LintRule.DANGLING_ROUTE_CONFIGURATION,
          part,
          "There is no route configuration "
              + part.text("route_configuration_name")
              + ": requests of scope "
              + part.text("name")
              + " get 404.");
    }
  }
}
