package dev.pilothouse.envoy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The resources of a configuration by their names. */
final class ResourceIndex {
  private final Map<String, List<Resource>> byName = new HashMap<>();

  ResourceIndex(List<Resource> resources) {
    for (Resource resource : resources) {
      byName.computeIfAbsent(resource.name(), name -> new ArrayList<>(2)).add(resource);
    }
  }

  <R extends Resource> List<R> named(Class<R> type, String name) {
    return byName.getOrDefault(name, List.of()).stream()
        .filter(type::isInstance)
        .map(type::cast)
        .toList();
  }
}
