package dev.pilothouse.envoy.trace;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.envoy.ListenerResource;
import dev.pilothouse.envoy.Resource;
import dev.pilothouse.envoy.RouteResource;
import dev.pilothouse.envoy.Unknown;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a resource's JSON differs from what this library's types tell: by the spelling of its fields,
 * and by parts that are newer. Where one of those takes part in a decision, it is undecided.
 */
final class UnknownParts {
  private static final Pattern LETTER = Pattern.compile("_([a-z])");

  private final Resource resource;
  private final NavigableMap<String, Unknown> byPointer = new TreeMap<>();
  private final boolean camelCase;
  private @Nullable JsonNode raw;

  UnknownParts(ListenerResource listener) {
    this(
        listener,
        listener.filterChains().stream().anyMatch(chain -> !chain.pointer().contains("_chain")));
  }

  UnknownParts(RouteResource routes) {
    this(
        routes,
        routes.message(RouteConfiguration.class).getVirtualHostsList().stream()
            .limit(1)
            .flatMap(first -> routes.virtualHost(first.getName()).stream())
            .anyMatch(first -> !first.pointer().contains("/virtual_hosts/")));
  }

  private UnknownParts(Resource resource, boolean camelCase) {
    this.resource = resource;
    this.camelCase = camelCase;
    for (Unknown unknown : resource.unknown()) {
      byPointer.put(snake(unknown.pointer()), unknown);
    }
  }

  /** A part of a pointer as the resource's JSON spells it: as Envoy does, or as istiod does. */
  String spelled(String path) {
    return camelCase
        ? LETTER.matcher(path).replaceAll(found -> found.group(1).toUpperCase(Locale.ROOT))
        : path;
  }

  /** Both forms are compared in Envoy's. */
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
