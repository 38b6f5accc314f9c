package dev.pilothouse.envoy.table;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The ways through an xDS matcher tree to one of its actions, as the filter chain matcher of a
 * waypoint has them: {@code port=80 → ip=10.0.0.1}.
 */
final class MatcherText {
  private static final String OTHERWISE = "otherwise";

  private final String action;
  private final List<String> ways = new ArrayList<>();

  private MatcherText(String action) {
    this.action = action;
  }

  /** All ways to an action, or {@code NONE}. */
  static String of(Fields matcher, String action) {
    MatcherText text = new MatcherText(action);
    text.walk(matcher, "");
    return text.ways.isEmpty() ? "NONE" : String.join("; ", text.ways);
  }

  private void walk(Fields matcher, String way) {
    if (matcher.has("matcher_tree")) {
      walkTree(matcher.object("matcher_tree"), way);
    }
    for (Fields each : matcher.object("matcher_list").objects("matchers")) {
      follow(each.object("on_match"), step(way, each.object("predicate").node().toString()));
    }
    if (matcher.has("on_no_match")) {
      follow(matcher.object("on_no_match"), step(way, OTHERWISE));
    }
  }

  private void walkTree(Fields tree, String way) {
    String input = inputName(tree.object("input"));
    walkMap(tree.object("exact_match_map"), way, input + "=");
    walkMap(tree.object("prefix_match_map"), way, input + "^");
    Fields custom = tree.object("custom_match").object("typed_config");
    for (Fields range : custom.objects("range_matchers")) {
      String ranges = String.join(",", range.objects("ranges", ChainMatchText::range));
      follow(range.object("on_match"), step(way, input + "=" + ranges));
    }
    for (Fields domain : custom.objects("domain_matchers")) {
      String domains = String.join(",", domain.texts("domains"));
      follow(domain.object("on_match"), step(way, input + "=" + domains));
    }
  }

  private void walkMap(Fields map, String way, String input) {
    for (Map.Entry<String, JsonNode> entry : map.object("map").node().properties()) {
      follow(new Fields(entry.getValue()), step(way, input + entry.getKey()));
    }
  }

  private void follow(Fields onMatch, String way) {
    if (onMatch.has("matcher")) {
      walk(onMatch.object("matcher"), way);
    } else if (actionName(onMatch.object("action")).equals(action)) {
      ways.add(way);
    }
  }

  private static String step(String way, String next) {
    return way.isEmpty() ? next : way + " → " + next;
  }

  /** A filter chain is named by a string value; istiod names the action like it. */
  private static String actionName(Fields action) {
    String value = action.object("typed_config").text("value");
    return value.isEmpty() ? action.text("name") : value;
  }

  private static String inputName(Fields input) {
    String type = input.object("typed_config").text("@type");
    String name = input.text("name");
    return name.isEmpty() ? type.substring(type.lastIndexOf('.') + 1) : name;
  }
}
