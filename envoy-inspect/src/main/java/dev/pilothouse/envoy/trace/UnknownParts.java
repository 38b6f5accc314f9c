package dev.pilothouse.envoy.trace;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.envoy.Resource;
import dev.pilothouse.envoy.Unknown;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a resource that are newer than this library's types. Where one takes part in a
 * decision, the decision is undecided.
 */
final class UnknownParts {
  private final Resource resource;
  private final NavigableMap<String, Unknown> byPointer = new TreeMap<>();
  private @Nullable JsonNode raw;

  UnknownParts(Resource resource) {
    this.resource = resource;
    for (Unknown unknown : resource.unknown()) {
      byPointer.put(snake(unknown.pointer()), unknown);
    }
  }

  /** Both forms of JSON are read, but pointers are made in Envoy's. */
  private static String snake(String pointer) {
    if (pointer.chars().noneMatch(Character::isUpperCase)) {
      return pointer;
    }
    return pointer.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
  }

  /** The name of something unknown at or below a pointer; empty when there is nothing. */
  String under(String pointer) {
    return below(pointer).stream().map(Unknown::name).findFirst().orElse("");
  }

  /** The first unknown field of these names directly in the object at a pointer; empty for none. */
  String field(String pointer, List<String> names) {
    for (String name : names) {
      Unknown found = byPointer.get(snake(pointer + "/" + name));
      if (found != null) {
        return found.name();
      }
    }
    return "";
  }

  /** All that is unknown at or below a pointer. */
  List<Unknown> below(String pointer) {
    if (byPointer.isEmpty()) {
      return List.of();
    }
    String start = snake(pointer);
    List<Unknown> below = new ArrayList<>();
    Unknown itself = byPointer.get(start);
    if (itself != null) {
      below.add(itself);
    }
    // '0' is the character after the slash.
    below.addAll(byPointer.subMap(start + "/", true, start + "0", false).values());
    return below;
  }

  /** What something unknown holds. */
  JsonNode json(Unknown unknown) {
    JsonNode known = raw;
    if (known == null) {
      known = resource.raw();
      raw = known;
    }
    return known.at(unknown.pointer().substring(resource.pointer().length()));
  }
}
