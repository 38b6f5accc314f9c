package dev.pilothouse.envoy.table;

import java.util.ArrayList;
import java.util.List;

/** How a cluster treats its endpoints, in words. */
final class ClusterText {
  /** istiod's way to say that there is no limit. */
  private static final String NO_LIMIT = "4294967295";

  private ClusterText() {}

  static String loadBalancing(Fields cluster) {
    List<String> policies =
        cluster
            .object("load_balancing_policy")
            .objects(
                "policies",
                each -> Texts.shortName(each.object("typed_extension_config").text("name")));
    if (!policies.isEmpty()) {
      return Texts.join(policies);
    }
    String policy = cluster.text("lb_policy");
    return policy.isEmpty() ? "ROUND_ROBIN" : policy;
  }

  /** The limits, and nothing where there is none. */
  static String circuitBreakers(Fields cluster) {
    List<Fields> all = cluster.object("circuit_breakers").objects("thresholds");
    List<String> parts = new ArrayList<>();
    for (Fields thresholds : all) {
      String limits = limits(thresholds);
      boolean high = thresholds.text("priority").equals("HIGH");
      parts.add(limits.isEmpty() || !high ? limits : "high priority: " + limits);
    }
    boolean ownDefault = all.stream().anyMatch(each -> !each.text("priority").equals("HIGH"));
    return ownDefault ? Texts.join(parts) : Texts.join(with(parts, "Envoy's defaults"));
  }

  private static List<String> with(List<String> parts, String more) {
    List<String> all = new ArrayList<>(parts);
    all.add(more);
    return all;
  }

  private static String limits(Fields thresholds) {
    List<String> limits = new ArrayList<>();
    limits.add(limit(thresholds, "max_connections", "1024", "connections"));
    limits.add(limit(thresholds, "max_pending_requests", "1024", "pending"));
    limits.add(limit(thresholds, "max_requests", "1024", "requests"));
    limits.add(limit(thresholds, "max_retries", "3", "retries"));
    limits.add(
        thresholds.rest(
            "priority",
            "max_connections",
            "max_pending_requests",
            "max_requests",
            "max_retries",
            "track_remaining"));
    return Texts.join(limits);
  }

  /** What is not set has Envoy's own limit. */
  private static String limit(Fields thresholds, String field, String usual, String word) {
    String value = thresholds.has(field) ? thresholds.text(field) : usual;
    return value.equals(NO_LIMIT) ? "" : word + " " + value;
  }

  static String outlierDetection(Fields cluster) {
    if (!cluster.has("outlier_detection")) {
      return "";
    }
    Fields detection = cluster.object("outlier_detection");
    List<String> parts = new ArrayList<>();
    add(parts, detection, "consecutive_5xx", 100, "5xx");
    add(parts, detection, "consecutive_gateway_failure", 0, "gateway failures");
    add(parts, detection, "consecutive_local_origin_failure", 100, "local failures");
    add(parts, detection, "interval", 100, "every");
    add(parts, detection, "base_ejection_time", 100, "ejected for");
    if (detection.has("max_ejection_percent")) {
      parts.add("at most " + detection.text("max_ejection_percent") + "%");
    }
    parts.add(
        detection.rest(
            "consecutive_5xx",
            "consecutive5xx",
            "consecutive_gateway_failure",
            "consecutive_local_origin_failure",
            "interval",
            "base_ejection_time",
            "max_ejection_percent",
            "enforcing_consecutive_5xx",
            "enforcing_consecutive5xx",
            "enforcing_success_rate",
            "enforcing_consecutive_gateway_failure",
            "enforcing_consecutive_local_origin_failure"));
    String text = Texts.join(parts);
    return text.isEmpty() ? "Envoy's defaults" : text;
  }

  /** A rule that is not enforced has no effect; by default Envoy enforces most of them. */
  private static void add(
      List<String> parts, Fields detection, String field, int usuallyEnforced, String word) {
    String enforcing = detection.text("enforcing_" + field);
    boolean enforced = enforcing.isEmpty() ? usuallyEnforced > 0 : !enforcing.equals("0");
    parts.add(detection.has(field) && enforced ? word + " " + detection.text(field) : "");
  }
}
