package dev.pilothouse.envoy.lint;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Finds domains that two virtual hosts of a route configuration claim. */
final class DuplicateDomains implements PartCheck {
  private final Findings findings;

  DuplicateDomains(Findings findings) {
    this.findings = findings;
  }

  @Override
  public void check(Part part) {
    if (!part.is("envoy.config.route.v3.RouteConfiguration")) {
      return;
    }
    Map<String, Part> owners = new HashMap<>();
    for (Part host : part.parts("virtual_hosts")) {
      for (JsonNode domain : host.value("domains")) {
        // Envoy compares them in lower case.
        Part first = owners.putIfAbsent(domain.asText().toLowerCase(Locale.ROOT), host);
        if (first != null) {
          findings.error(
              LintRule.DUPLICATE_DOMAIN,
              host,
              "Domain "
                  + domain.asText()
                  + " stands in virtual host "
                  + first.text("name")
                  + (first == host ? " twice" : " and in " + host.text("name"))
                  + ": Envoy refuses the route configuration and keeps the one it had.");
        }
      }
    }
  }

  @Override
  public boolean looksAtRejected() {
    return true;
  }
}
