package dev.pilothouse.envoy;

import dev.pilothouse.envoy.Resource.State;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The resources of a configuration by their names. */
final class ResourceIndex {
  private static final List<State> BY_USE =
      List.of(State.ACTIVE, State.WARMING, State.DRAINING, State.UNKNOWN, State.REJECTED);

  private final Map<String, List<Resource>> byName = new HashMap<>();

  ResourceIndex(List<Resource> resources) {
    for (Resource resource : resources) {
      byName.computeIfAbsent(resource.name(), name -> new ArrayList<>(2)).add(resource);
    }
  }

  /** The one that is in use before others of its name. */
  <R extends Resource> Optional<R> find(Class<R> type, String name) {
    List<R> named = named(type, name);
    for (State state : BY_USE) {
      for (R resource : named) {
        if (resource.state() == state) {
          return Optional.of(resource);
        }
      }
    }
    return Optional.empty();
  }

  private <R extends Resource> List<R> named(Class<R> type, String name) {
    return byName.getOrDefault(name, List.of()).stream()
        .filter(type::isInstance)
        .map(type::cast)
        .toList();
  }
}
