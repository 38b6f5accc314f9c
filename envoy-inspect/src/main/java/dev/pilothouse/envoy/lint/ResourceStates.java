package dev.pilothouse.envoy.lint;

import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigException;
import dev.pilothouse.envoy.Resource;
import dev.pilothouse.envoy.Resource.State;
import dev.pilothouse.envoy.SecretResource;

/** Finds what Envoy refused, and what waits. */
final class ResourceStates {
  private final EnvoyConfig config;
  private final Findings findings;

  ResourceStates(EnvoyConfig config, Findings findings) {
    this.config = config;
    this.findings = findings;
  }

  void check() {
    for (Resource resource : config.resources()) {
      try {
        check(resource);
      } catch (EnvoyConfigException e) {
        findings.unreadable(resource, e);
      }
    }
  }

  private void check(Resource resource) {
    String kind = resource.getClass().getSimpleName().replace("Resource", "");
    String name = resource.name().isEmpty() ? "without a name" : resource.name();
    if (resource.state() == State.REJECTED) {
      String then =
          hasActive(resource)
              ? "the one before it stays in use"
              : "there is none of this name, and no traffic for it";
      add(
          LintRule.REJECTED,
          Severity.ERROR,
          resource,
          kind + " " + name + " was refused by Envoy: " + resource.reason() + "; " + then + ".");
    } else if (resource.state() == State.WARMING && !(resource instanceof SecretResource)) {
      String then =
          hasActive(resource)
              ? "until then the one before it stays in use"
              : "until then it serves no traffic";
      add(
          LintRule.WARMING,
          Severity.WARNING,
          resource,
          name
              + " waits for something it depends on, as routes, endpoints or secrets; "
              + then
              + ".");
    }
  }

  private boolean hasActive(Resource resource) {
    return config.resources(State.ACTIVE).stream()
        .anyMatch(r -> r.getClass() == resource.getClass() && r.name().equals(resource.name()));
  }

  private void add(LintRule rule, Severity severity, Resource resource, String message) {
    findings.add(
        rule, severity, resource, resource.owner().orElse(null), resource.pointer(), message);
  }
}
