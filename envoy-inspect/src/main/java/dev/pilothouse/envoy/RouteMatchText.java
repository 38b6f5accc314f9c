package dev.pilothouse.envoy;

import java.util.ArrayList;
import java.util.List;

/** Writes what a route matches as one line for people. */
final class RouteMatchText {
  private static final List<String> PLAIN_PATHS =
      List.of("prefix", "path", "path_separated_prefix");

  private RouteMatchText() {}

  static String of(JsonObject match) {
    List<String> parts = new ArrayList<>();
    for (String kind : PLAIN_PATHS) {
      if (match.has(kind)) {
        parts.add(kind + " \"" + match.text(kind) + "\"");
      }
    }
    if (match.has("safe_regex")) {
      parts.add("regex \"" + match.object("safe_regex").text("regex") + "\"");
    }
    parts.addAll(match.objects("headers", header -> named("header ", header)));
    parts.addAll(match.objects("query_parameters", query -> named("query ", query)));
    if (match.has("case_sensitive") && !match.flag("case_sensitive")) {
      parts.add("in any case");
    }
    // What has no wording here is shown as it is: never silently left out.
    String rest =
        match.compact(
            "prefix",
            "path",
            "path_separated_prefix",
            "safe_regex",
            "headers",
            "query_parameters",
            "case_sensitive");
    if (!rest.isEmpty()) {
      parts.add(rest);
    }
    return parts.isEmpty() ? "anything" : String.join(", ", parts);
  }

  private static String named(String what, JsonObject matcher) {
    StringBuilder text = new StringBuilder(what).append(matcher.text("name"));
    if (matcher.has("string_match")) {
      text.append(' ').append(stringMatch(matcher.object("string_match")));
    }
    String rest = matcher.compact("name", "string_match");
    if (!rest.isEmpty()) {
      text.append(' ').append(rest);
    }
    return text.toString();
  }

  private static String stringMatch(JsonObject match) {
    if (match.has("safe_regex")) {
      String rest = match.compact("safe_regex");
      String regex = "regex \"" + match.object("safe_regex").text("regex") + "\"";
      return rest.isEmpty() ? regex : regex + " " + rest;
    }
    return match.compact();
  }
}
