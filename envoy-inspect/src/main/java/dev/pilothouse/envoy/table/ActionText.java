package dev.pilothouse.envoy.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Where a route leads, in words. */
final class ActionText {
  private static final Map<String, String> REDIRECT_CODES =
      Map.of(
          "FOUND",
          "302",
          "SEE_OTHER",
          "303",
          "TEMPORARY_REDIRECT",
          "307",
          "PERMANENT_REDIRECT",
          "308");

  private ActionText() {}

  static String of(Fields route) {
    if (route.has("route")) {
      return forward(route.object("route"));
    }
    if (route.has("redirect")) {
      return redirect(route.object("redirect"));
    }
    if (route.has("direct_response")) {
      return response(route.object("direct_response"));
    }
    if (route.has("non_forwarding_action")) {
      return "not forwarded";
    }
    return route.has("filter_action") ? "filter " + route.object("filter_action").node() : "none";
  }

  /** The clusters' names, to tell what a route uses. */
  static boolean leadsTo(Fields route, String cluster) {
    return route.object("route").text("cluster").equals(cluster);
  }

  private static String forward(Fields action) {
    if (action.has("cluster")) {
      return action.text("cluster");
    }
    if (action.has("weighted_clusters")) {
      return weighted(action.object("weighted_clusters"));
    }
    if (action.has("cluster_header")) {
      return "the cluster that header " + action.text("cluster_header") + " names";
    }
    String plugin = action.text("cluster_specifier_plugin");
    Fields inline = action.object("inline_cluster_specifier_plugin").object("extension");
    return "the cluster that plugin "
        + (plugin.isEmpty() ? inline.text("name") : plugin)
        + " names";
  }

  private static String weighted(Fields weighted) {
    List<Fields> clusters = weighted.objects("clusters");
    long total = clusters.stream().mapToLong(each -> Texts.number(each.text("weight"))).sum();
    List<String> parts = new ArrayList<>();
    for (Fields cluster : clusters) {
      String name = cluster.text("name");
      String shown = name.isEmpty() ? "header " + cluster.text("cluster_header") : name;
      parts.add(share(cluster.text("weight"), total) + " " + shown);
    }
    return Texts.join(parts);
  }

  /** A percentage when that is what the weights are, else the share itself. */
  private static String share(String weight, long total) {
    String own = weight.isEmpty() ? "0" : weight;
    return total == 100 ? own + "%" : own + "/" + total;
  }

  private static String redirect(Fields redirect) {
    String code = redirect.text("response_code");
    StringBuilder text = new StringBuilder("redirect ");
    text.append(code.isEmpty() || code.equals("MOVED_PERMANENTLY") ? "301" : code(code));
    text.append(" to ");
    String scheme = redirect.flag("https_redirect") ? "https" : redirect.text("scheme_redirect");
    String host = redirect.text("host_redirect");
    String port = redirect.text("port_redirect");
    if (!scheme.isEmpty() || !host.isEmpty() || !port.isEmpty()) {
      text.append(scheme.isEmpty() ? "" : scheme + ":").append("//");
      text.append(host.isEmpty() ? "(same host)" : host);
      text.append(port.isEmpty() ? "" : ":" + port);
    }
    text.append(path(redirect));
    if (redirect.flag("strip_query")) {
      text.append(" without the query");
    }
    return text.toString();
  }

  private static String path(Fields redirect) {
    if (redirect.has("path_redirect")) {
      return redirect.text("path_redirect");
    }
    if (redirect.has("prefix_rewrite")) {
      return redirect.text("prefix_rewrite") + "*";
    }
    if (redirect.has("regex_rewrite")) {
      return " " + rewrite(redirect.object("regex_rewrite"));
    }
    return "(same path)";
  }

  /** A {@code RegexMatchAndSubstitute}. */
  static String rewrite(Fields rewrite) {
    return Fields.quoted(rewrite.object("pattern").text("regex"))
        + " → "
        + Fields.quoted(rewrite.text("substitution"));
  }

  private static String code(String code) {
    return REDIRECT_CODES.getOrDefault(code, code);
  }

  private static String response(Fields response) {
    String text = "respond " + response.text("status");
    Fields body = response.object("body");
    if (body.isEmpty()) {
      return text;
    }
    String inline = body.text("inline_string");
    return text + " " + (inline.isEmpty() ? body.node().toString() : Fields.quoted(inline));
  }
}
