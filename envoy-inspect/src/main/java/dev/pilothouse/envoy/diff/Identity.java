package dev.pilothouse.envoy.diff;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.envoy.EnvoyConfig;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Who a proxy is, as its bootstrap tells. */
final class Identity {
  private static final Set<String> OWN_FIELDS =
      Set.of(
          "envoy.config.bootstrap.v3.Bootstrap.node", "envoy.config.bootstrap.v3.Bootstrap.admin");

  private Identity() {}

  /** How to read both sides, so that only what counts differs. */
  static Sides sides(EnvoyConfig before, EnvoyConfig after, DiffOptions options) {
    Map<String, String> mine = new HashMap<>();
    Map<String, String> others = new HashMap<>();
    Set<String> ignored = new HashSet<>(options.ignoredFields());
    if (!options.identityCounts()) {
      ignored.addAll(OWN_FIELDS);
      mine.putAll(own(before));
      others.putAll(own(after));
    }
    options
        .same()
        .forEach(
            (old, fresh) -> {
              String common = "‹" + old + "›";
              mine.put(old, common);
              others.put(fresh, common);
            });
    return new Sides(
        new Meaning(new Aliases(mine), ignored),
        new Meaning(new Aliases(others), ignored),
        options.onlyWhatIsPushed());
  }

  /** The texts that only this proxy has, and what stands for each. */
  private static Map<String, String> own(EnvoyConfig config) {
    Map<String, String> own = new LinkedHashMap<>();
    config
        .bootstrap()
        .ifPresent(
            bootstrap -> {
              JsonNode node = bootstrap.raw().path("node");
              String id = node.path("id").asText();
              put(own, id, "‹node id›");
              // Istio's: kind~address~pod.namespace~domain
              String[] parts = id.split("~", -1);
              if (parts.length == 4) {
                put(own, parts[2], "‹pod›");
              }
              String addresses = node.path("metadata").path("INSTANCE_IPS").asText();
              if (addresses.isEmpty() && parts.length == 4) {
                addresses = parts[1];
              }
              String[] all = addresses.split(",", -1);
              for (int i = 0; i < all.length; i++) {
                put(own, all[i].strip(), "‹address " + i + "›");
              }
            });
    return own;
  }

  private static void put(Map<String, String> own, String text, String common) {
    if (!text.isEmpty()) {
      own.putIfAbsent(text, common);
    }
  }
}
