package dev.pilothouse.envoy.diff;

import dev.pilothouse.envoy.ConfigSection;
import dev.pilothouse.envoy.diff.Difference.Change;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Some of a dump is there twice: what the bootstrap holds and what is written inside a listener or
 * a cluster has a section of its own beside. What differs there in the same way is told once, where
 * it was written.
 */
final class Echoes {
  private static final String STATIC = "static_resources.";
  private static final String ROUTES = ".route_config.";
  private static final String ENDPOINTS = "load_assignment.";

  private final Set<Difference> echoes = new HashSet<>();

  private record Said(Kind kind, String resource, Change change, String path) {}

  private Echoes(List<Difference> all) {
    Set<Said> said = new HashSet<>();
    all.forEach(difference -> said.addAll(sayings(difference)));
    for (Difference difference : all) {
      Kind kind = Kind.of(difference.section());
      boolean isEcho = isCopy(difference.section()) && !difference.isWholeResource();
      String resource = kind == Kind.ROUTE_CONFIGURATION ? "" : difference.resource();
      if (isEcho
          && said.contains(new Said(kind, resource, difference.change(), difference.path()))) {
        echoes.add(difference);
      }
    }
  }

  /** The differences without those that say again what another one says. */
  static List<Difference> removed(List<Difference> all) {
    Echoes echoes = new Echoes(all);
    List<Difference> rest = new ArrayList<>(all);
    rest.removeIf(echoes.echoes::contains);
    return rest;
  }

  private static boolean isCopy(ConfigSection section) {
    return switch (section) {
      case STATIC_ROUTE_CONFIGS,
          STATIC_LISTENERS,
          STATIC_CLUSTERS,
          STATIC_SECRETS,
          STATIC_ENDPOINT_CONFIGS,
          DYNAMIC_ENDPOINT_CONFIGS ->
          true;
      default -> false;
    };
  }

  /** As what else this may be heard. */
  private static List<Said> sayings(Difference difference) {
    String path = difference.path();
    List<Said> sayings = new ArrayList<>();
    if (Kind.of(difference.section()) == Kind.BOOTSTRAP && path.startsWith(STATIC)) {
      addStatic(difference.change(), path.substring(STATIC.length()), sayings);
    }
    int routes = path.lastIndexOf(ROUTES);
    if (routes >= 0) {
      String inside = path.substring(routes + ROUTES.length());
      sayings.add(new Said(Kind.ROUTE_CONFIGURATION, "", difference.change(), inside));
    }
    if (Kind.of(difference.section()) == Kind.CLUSTER && path.startsWith(ENDPOINTS)) {
      sayings.add(
          new Said(
              Kind.ENDPOINTS,
              difference.resource(),
              difference.change(),
              path.substring(ENDPOINTS.length())));
    }
    return sayings;
  }

  /** The path of a static resource: {@code clusters[name].field}. */
  private static void addStatic(Change change, String path, List<Said> sayings) {
    int end = path.indexOf("].");
    int start = path.indexOf('[');
    if (start < 0 || end < start) {
      return;
    }
    Kind kind =
        switch (path.substring(0, start)) {
          case "listeners" -> Kind.LISTENER;
          case "clusters" -> Kind.CLUSTER;
          default -> Kind.SECRET;
        };
    String name = path.substring(start + 1, end);
    String inside = path.substring(end + 2);
    sayings.add(new Said(kind, name, change, inside));
    if (kind == Kind.CLUSTER && inside.startsWith(ENDPOINTS)) {
      sayings.add(new Said(Kind.ENDPOINTS, name, change, inside.substring(ENDPOINTS.length())));
    }
  }
}
