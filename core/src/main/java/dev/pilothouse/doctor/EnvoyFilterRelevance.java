package dev.pilothouse.doctor;

import static dev.pilothouse.doctor.Relevance.irrelevant;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.doctor.Diagnosis.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Whether a patch of an EnvoyFilter is for this proxy: its selector, contexts and versions. */
final class EnvoyFilterRelevance {
  private EnvoyFilterRelevance() {}

  static Check check(Case c) {
    Check selected = Relevance.selected(c, c.spec().at("/workloadSelector/labels"));
    if (selected.outcome() != Diagnosis.Outcome.HOLDS || c.spec().path("configPatches").isEmpty()) {
      return selected;
    }
    List<String> why = new ArrayList<>();
    int i = 0;
    for (JsonNode patch : c.spec().path("configPatches")) {
      String title = "configPatches[" + i++ + "]";
      obstacle(c, patch).ifPresent(words -> why.add(title + " " + words));
    }
    return patches(c).isEmpty()
        ? irrelevant("none of its patches is for this proxy", why.toArray(new String[0]))
        : Check.holds(Link.RELEVANT, selected.words(), why.toArray(new String[0]));
  }

  /** The patches that are for this proxy, by their place. */
  static Map<Integer, JsonNode> patches(Case c) {
    Map<Integer, JsonNode> all = new TreeMap<>();
    int i = 0;
    for (JsonNode patch : c.spec().path("configPatches")) {
      if (obstacle(c, patch).isEmpty()) {
        all.put(i, patch);
      }
      i++;
    }
    return all;
  }

  private static Optional<String> obstacle(Case c, JsonNode patch) {
    String context = patch.at("/match/context").asText("ANY");
    boolean fits =
        context.equals("ANY") || (context.equals("GATEWAY") ? c.gateway() : !c.gateway());
    if (!fits || context.equals("WAYPOINT")) {
      return Optional.of(
          "has context "
              + context
              + ", and this proxy is a "
              + (c.gateway() ? "gateway" : "sidecar"));
    }
    JsonNode proxy = patch.at("/match/proxy");
    String version = proxy.path("proxyVersion").asText();
    if (!version.isEmpty() && !matches(version, c.istioVersion())) {
      return Optional.of(
          "is for proxyVersion "
              + version
              + ", and the proxy "
              + (c.istioVersion().isEmpty() ? "tells none" : "is of " + c.istioVersion()));
    }
    for (Map.Entry<String, JsonNode> wanted : proxy.path("metadata").properties()) {
      String has = c.metadata(wanted.getKey());
      if (!has.equals(wanted.getValue().asText())) {
        return Optional.of(
            "is for proxies with metadata "
                + wanted.getKey()
                + "="
                + wanted.getValue().asText()
                + ", and this one has "
                + (has.isEmpty() ? "none" : has));
      }
    }
    return Optional.empty();
  }

  private static boolean matches(String regex, String version) {
    try {
      return !version.isEmpty() && Pattern.compile(regex).matcher(version).find();
    } catch (PatternSyntaxException e) {
      return true; // Go reads it in another way, or not at all: others will tell.
    }
  }
}
