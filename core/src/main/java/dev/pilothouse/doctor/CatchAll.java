package dev.pilothouse.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The http routes of a VirtualService behind one that takes every request: istiod drops them. */
final class CatchAll {
  /** What of a match narrows nothing. */
  private static final Set<String> NARROWS_NOTHING = Set.of("name", "statPrefix", "ignoreUriCase");

  private CatchAll() {}

  static List<String> behind(Case c) {
    List<String> behind = new ArrayList<>();
    if (c.kind() != IstioKind.VIRTUAL_SERVICE) {
      return behind;
    }
    int catchAll = -1;
    int i = 0;
    for (JsonNode route : c.spec().path("http")) {
      if (catchAll >= 0) {
        behind.add(
            "http[%d] is never reached: http[%d] before it takes everything"
                .formatted(i, catchAll));
      } else if (takesEverything(route)) {
        catchAll = i;
      }
      i++;
    }
    return behind;
  }

  /** One that delegates has the matches of its delegate besides its own. */
  private static boolean takesEverything(JsonNode route) {
    if (route.has("delegate")) {
      return false;
    }
    JsonNode matches = route.path("match");
    if (matches.isEmpty()) {
      return true;
    }
    for (JsonNode match : matches) {
      if (anything(match)) {
        return true;
      }
    }
    return false;
  }

  /** A match for some callers leaves the rest to others, so it is none. */
  private static boolean anything(JsonNode match) {
    for (Map.Entry<String, JsonNode> field : match.properties()) {
      boolean anyPath =
          field.getKey().equals("uri")
              && (field.getValue().path("prefix").asText().equals("/")
                  || field.getValue().path("regex").asText().equals(".*"));
      if (!anyPath && !NARROWS_NOTHING.contains(field.getKey())) {
        return false;
      }
    }
    return true;
  }
}
