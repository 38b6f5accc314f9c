package dev.pilothouse.envoy.lint;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds routes that get no request, because an earlier one of their virtual host takes them all.
 */
final class ShadowedRoutes implements PartCheck {
  private final Findings findings;

  private record Earlier(Part route, Matched match) {}

  ShadowedRoutes(Findings findings) {
    this.findings = findings;
  }

  @Override
  public void check(Part part) {
    if (!part.is("envoy.config.route.v3.VirtualHost")) {
      return;
    }
    List<Earlier> earlier = new ArrayList<>();
    for (Part route : part.parts("routes")) {
      Optional<Matched> match = route.part("match").flatMap(Matched::read);
      if (match.isEmpty()) {
        continue;
      }
      Optional<Earlier> taker =
          earlier.stream().filter(e -> e.match.takesAllOf(match.get())).findFirst();
      if (taker.isPresent()) {
        findings.warning(
            LintRule.SHADOWED_ROUTE,
            route,
            "Route "
                + RouteText.of(route)
                + " of virtual host "
                + part.text("name")
                + " gets no request: "
                + RouteText.of(taker.get().route)
                + " before it takes them all.");
      } else {
        earlier.add(new Earlier(route, match.get()));
      }
    }
  }
}
