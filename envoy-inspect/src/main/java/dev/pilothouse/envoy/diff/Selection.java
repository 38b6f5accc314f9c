package dev.pilothouse.envoy.diff;

import dev.pilothouse.envoy.ClusterResource;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.Resource;
import dev.pilothouse.envoy.Resource.Origin;
import dev.pilothouse.envoy.Resource.State;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which resources of both sides are compared. It is what is in use that counts: of several states
 * of a resource only the first of these.
 */
final class Selection {
  private static final List<State> IN_USE = List.of(State.ACTIVE, State.UNKNOWN, State.WARMING);

  private final DiffOptions options;
  private final Sides sides;
  private final List<LeftOut> leftOut = new ArrayList<>();

  /** What makes a resource of both sides the same one. */
  record Key(Kind kind, boolean isStatic, String name) {}

  Selection(DiffOptions options, Sides sides) {
    this.options = options;
    this.sides = sides;
  }

  List<LeftOut> leftOut() {
    return leftOut;
  }

  Map<Key, List<Resource>> before(EnvoyConfig config) {
    return byKey(config.resources(), sides.before(), "before");
  }

  Map<Key, List<Resource>> after(EnvoyConfig config) {
    return byKey(config.resources(), sides.after(), "after");
  }

  /** Takes out of both what only one of them can have. */
  void keepWhatBothHave(
      Map<Key, List<Resource>> before, Map<Key, List<Resource>> after, EnvoyConfig envoy) {
    removeAll(after, key -> key.kind == Kind.BOOTSTRAP, "the bootstrap", "no control plane has it");
    removeAll(after, key -> key.isStatic, "static resources", "no control plane pushes them");
    // An xDS client shows the route configurations that are written inside listeners, as Envoy
    // does.
    removeAll(
        before, key -> key.isStatic, "static resources before", "they are parts of what is pushed");
    for (Kind kind : EnumSet.of(Kind.SECRET, Kind.SCOPED_ROUTE, Kind.ECDS_FILTER)) {
      if (before.keySet().stream().noneMatch(key -> key.kind == kind)) {
        String why = "the control plane's dump has none";
        removeAll(after, key -> key.kind == kind, kind.words() + "s", why);
      }
    }
    leaveOutEndpoints(before, after, envoy);
  }

  private void leaveOutEndpoints(
      Map<Key, List<Resource>> before, Map<Key, List<Resource>> after, EnvoyConfig envoy) {
    if (before.keySet().stream().noneMatch(key -> key.kind == Kind.ENDPOINTS)
        || after.keySet().stream().noneMatch(key -> key.kind == Kind.ENDPOINTS)) {
      String why = "one of the dumps was made without include_eds, or has none";
      removeAll(before, key -> key.kind == Kind.ENDPOINTS, "endpoints before", why);
      removeAll(after, key -> key.kind == Kind.ENDPOINTS, "endpoints after", why);
      return;
    }
    Set<String> fromEds = new HashSet<>();
    for (ClusterResource cluster : envoy.clusters()) {
      if (cluster.type().equals("EDS")) {
        String name = cluster.edsServiceName();
        fromEds.add(sides.after().name(name.isEmpty() ? cluster.name() : name));
      }
    }
    removeAll(
        after,
        key -> key.kind == Kind.ENDPOINTS && !fromEds.contains(key.name),
        "endpoints of clusters that are not of EDS",
        "no control plane pushes them");
  }

  private Map<Key, List<Resource>> byKey(List<Resource> all, Meaning meaning, String side) {
    Map<Key, List<Resource>> byKey = new LinkedHashMap<>();
    for (Resource resource : all) {
      boolean isStatic = options.originCounts() && resource.origin() == Origin.STATIC;
      Kind kind = Kind.of(resource.section());
      Key key = new Key(kind, isStatic, meaning.name(resource.name()));
      byKey.computeIfAbsent(key, k -> new ArrayList<>(1)).add(resource);
    }
    byKey.replaceAll((key, resources) -> inUse(resources, side));
    byKey.values().removeIf(List::isEmpty);
    return byKey;
  }

  private List<Resource> inUse(List<Resource> resources, String side) {
    for (State state : IN_USE) {
      List<Resource> chosen = resources.stream().filter(r -> r.state() == state).toList();
      if (!chosen.isEmpty()) {
        resources.stream().filter(r -> r.state() != state).forEach(r -> leaveOut(r, side));
        return chosen;
      }
    }
    resources.forEach(resource -> leaveOut(resource, side));
    return List.of();
  }

  private void leaveOut(Resource resource, String side) {
    String state = resource.state().name().toLowerCase(java.util.Locale.ROOT);
    String name = resource.name().isEmpty() ? "(no name)" : resource.name();
    String what = Kind.of(resource.section()).words() + " " + name + " " + side;
    leftOut.add(new LeftOut(what, "it is " + state + ", not in use"));
  }

  private void removeAll(
      Map<Key, List<Resource>> from,
      java.util.function.Predicate<Key> which,
      String what,
      String why) {
    if (from.keySet().removeIf(which)) {
      leftOut.add(new LeftOut(what, why));
    }
  }
}
