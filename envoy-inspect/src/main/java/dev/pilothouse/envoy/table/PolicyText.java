package dev.pilothouse.envoy.table;

import java.util.ArrayList;
import java.util.List;

/** What a route does with a request beside sending it on, in words. */
final class PolicyText {
  private static final String ISTIO_RETRY_ON =
      "connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes";

  /** What other columns tell, or what has no effect on requests. */
  private static final String[] WORDED = {
    "name",
    "match",
    "route",
    "redirect",
    "direct_response",
    "non_forwarding_action",
    "filter_action",
    "metadata",
    "decorator",
    "stat_prefix",
    "request_headers_to_add",
    "request_headers_to_remove",
    "response_headers_to_add",
    "response_headers_to_remove",
    "typed_per_filter_config"
  };

  private static final String[] WORDED_IN_ACTION = {
    "cluster",
    "weighted_clusters",
    "cluster_header",
    "cluster_specifier_plugin",
    "inline_cluster_specifier_plugin",
    "timeout",
    "idle_timeout",
    "max_grpc_timeout",
    "max_stream_duration",
    "retry_policy",
    "request_mirror_policies",
    "prefix_rewrite",
    "regex_rewrite",
    "host_rewrite_literal",
    "auto_host_rewrite",
    "host_rewrite_header",
    "host_rewrite_path_regex"
  };

  private static final String[] WORDED_IN_HOST = {
    "name",
    "domains",
    "routes",
    "matcher",
    "metadata",
    "include_request_attempt_count",
    "retry_policy",
    "request_mirror_policies",
    "request_headers_to_add",
    "request_headers_to_remove",
    "response_headers_to_add",
    "response_headers_to_remove",
    "typed_per_filter_config"
  };

  private PolicyText() {}

  static String of(Fields route) {
    List<String> parts = new ArrayList<>();
    if (route.has("route")) {
      action(route.object("route"), parts);
    }
    headers(route, parts);
    filters(route, parts);
    parts.add(route.rest(WORDED));
    return Texts.join(parts);
  }

  /** What holds for all routes of a virtual host. */
  static String ofVirtualHost(Fields host) {
    List<String> parts = new ArrayList<>();
    if (host.has("retry_policy")) {
      parts.add(retries(host.object("retry_policy")));
    }
    parts.addAll(host.objects("request_mirror_policies", PolicyText::mirror));
    headers(host, parts);
    filters(host, parts);
    parts.add(host.rest(WORDED_IN_HOST));
    String text = Texts.join(parts);
    return text.isEmpty() ? "" : "of the virtual host: " + text;
  }

  private static void action(Fields action, List<String> parts) {
    parts.add(timeout(action));
    if (action.has("idle_timeout")) {
      parts.add("idle timeout " + action.text("idle_timeout"));
    }
    if (!action.has("max_stream_duration")) {
      String grpc = action.text("max_grpc_timeout");
      parts.add(grpc.isEmpty() || grpc.equals(action.text("timeout")) ? "" : "gRPC " + grpc);
    } else {
      parts.add(action.object("max_stream_duration").rest());
    }
    if (action.has("retry_policy")) {
      parts.add(retries(action.object("retry_policy")));
    }
    parts.addAll(action.objects("request_mirror_policies", PolicyText::mirror));
    rewrites(action, parts);
    for (Fields cluster : action.object("weighted_clusters").objects("clusters")) {
      List<String> own = new ArrayList<>();
      headers(cluster, own);
      filters(cluster, own);
      String text = Texts.join(own);
      parts.add(text.isEmpty() ? "" : "for " + cluster.text("name") + ": " + text);
    }
    parts.add(action.rest(WORDED_IN_ACTION));
  }

  /** Istio turns the timeout off; Envoy's default is one that surprises. */
  private static String timeout(Fields action) {
    String timeout = action.text("timeout");
    if (timeout.isEmpty()) {
      return action.has("max_stream_duration") ? "" : "timeout 15s (Envoy's default)";
    }
    return timeout.equals("0s") ? "" : "timeout " + timeout;
  }

  private static String retries(Fields policy) {
    String retryOn = policy.text("retry_on");
    String count = policy.has("num_retries") ? policy.text("num_retries") : "1";
    StringBuilder text = new StringBuilder("retries ").append(count);
    text.append(retryOn.equals(ISTIO_RETRY_ON) ? " (Istio's default)" : " on " + retryOn);
    if (policy.has("per_try_timeout")) {
      text.append(", each ").append(policy.text("per_try_timeout"));
    }
    if (policy.has("retriable_status_codes")) {
      text.append(", status ").append(String.join("/", policy.texts("retriable_status_codes")));
    }
    String rest =
        policy.rest(
            "retry_on",
            "num_retries",
            "per_try_timeout",
            "retriable_status_codes",
            "retry_host_predicate",
            "host_selection_retry_max_attempts");
    return text + (rest.isEmpty() ? "" : ", " + rest);
  }

  private static String mirror(Fields mirror) {
    String cluster = mirror.text("cluster");
    String to = cluster.isEmpty() ? "header " + mirror.text("cluster_header") : cluster;
    Fields fraction = mirror.object("runtime_fraction");
    return "mirror " + (fraction.isEmpty() ? "100%" : Texts.percent(fraction)) + " to " + to;
  }

  private static void rewrites(Fields action, List<String> parts) {
    if (action.has("prefix_rewrite")) {
      parts.add("rewrite path to " + action.text("prefix_rewrite") + "*");
    }
    if (action.has("regex_rewrite")) {
      parts.add("rewrite path " + ActionText.rewrite(action.object("regex_rewrite")));
    }
    if (action.has("host_rewrite_literal")) {
      parts.add("rewrite host to " + action.text("host_rewrite_literal"));
    }
    if (action.flag("auto_host_rewrite")) {
      parts.add("rewrite host to the endpoint's");
    }
    if (action.has("host_rewrite_header")) {
      parts.add("rewrite host to header " + action.text("host_rewrite_header"));
    }
    if (action.has("host_rewrite_path_regex")) {
      parts.add(
          "rewrite host by path " + ActionText.rewrite(action.object("host_rewrite_path_regex")));
    }
  }

  static void headers(Fields route, List<String> parts) {
    for (String side : List.of("request", "response")) {
      List<String> changes = new ArrayList<>();
      for (Fields add : route.objects(side + "_headers_to_add")) {
        Fields header = add.object("header");
        String value = header.has("value") ? header.text("value") : header.text("raw_value");
        changes.add(header.text("key") + sign(add) + Fields.quoted(value));
      }
      route.texts(side + "_headers_to_remove").forEach(name -> changes.add("-" + name));
      parts.add(changes.isEmpty() ? "" : side + " headers " + String.join(" ", changes));
    }
  }

  /**
   * {@code =} sets, {@code +=} adds to what is there, {@code ?=} sets what is not there, {@code *=}
   * sets what is there.
   */
  private static String sign(Fields add) {
    return switch (add.text("append_action")) {
      case "OVERWRITE_IF_EXISTS_OR_ADD" -> "=";
      case "ADD_IF_ABSENT" -> "?=";
      case "OVERWRITE_IF_EXISTS" -> "*=";
      default -> add.has("append") && !add.flag("append") ? "=" : "+=";
    };
  }

  private static void filters(Fields route, List<String> parts) {
    List<String> names =
        route.object("typed_per_filter_config").names().stream().map(Texts::shortName).toList();
    parts.add(names.isEmpty() ? "" : "own config of " + String.join(" ", names));
  }
}
