package dev.pilothouse.envoy.table;

import java.util.ArrayList;
import java.util.List;

/** What a route matches, in words: the path as istioctl writes it, and all that istioctl omits. */
final class PathText {
  private PathText() {}

  static String path(Fields match) {
    List<String> parts = new ArrayList<>();
    if (match.has("prefix")) {
      parts.add(match.text("prefix") + "*");
    }
    if (match.has("path_separated_prefix")) {
      parts.add("PathPrefix:" + match.text("path_separated_prefix"));
    }
    if (match.has("path")) {
      parts.add(match.text("path"));
    }
    if (match.has("safe_regex")) {
      parts.add("regex " + match.object("safe_regex").text("regex"));
    }
    if (match.has("path_match_policy")) {
      Fields policy = match.object("path_match_policy").object("typed_config");
      String template = policy.text("path_template");
      parts.add(template.isEmpty() ? policy.node().toString() : "template " + template);
    }
    if (match.has("connect_matcher")) {
      parts.add("CONNECT");
    }
    return String.join(" ", parts);
  }

  static String conditions(Fields match) {
    List<String> parts = new ArrayList<>();
    parts.addAll(match.objects("headers", PathText::header));
    parts.addAll(match.objects("query_parameters", PathText::query));
    if (match.has("case_sensitive") && !match.flag("case_sensitive")) {
      parts.add("path in any case");
    }
    if (match.has("grpc")) {
      parts.add("gRPC only");
    }
    if (match.has("runtime_fraction")) {
      parts.add("for " + Texts.percent(match.object("runtime_fraction")));
    }
    parts.add(
        match.rest(
            "prefix",
            "path_separated_prefix",
            "path",
            "safe_regex",
            "path_match_policy",
            "connect_matcher",
            "headers",
            "query_parameters",
            "case_sensitive",
            "grpc",
            "runtime_fraction"));
    return Texts.join(parts);
  }

  private static String header(Fields header) {
    return header.text("name") + (header.flag("invert_match") ? " not " : " ") + value(header);
  }

  private static String value(Fields header) {
    List<String> words = new ArrayList<>();
    if (header.has("string_match")) {
      words.add(Texts.stringMatch(header.object("string_match")));
    }
    for (String kind : List.of("exact", "prefix", "suffix", "contains")) {
      if (header.has(kind + "_match")) {
        words.add(kind + " " + Fields.quoted(header.text(kind + "_match")));
      }
    }
    if (header.has("safe_regex_match")) {
      words.add("regex " + Fields.quoted(header.object("safe_regex_match").text("regex")));
    }
    if (header.has("range_match")) {
      Fields range = header.object("range_match");
      words.add("in [" + number(range, "start") + ", " + number(range, "end") + ")");
    }
    if (header.has("present_match")) {
      words.add(header.flag("present_match") ? "present" : "absent");
    }
    if (words.isEmpty()) {
      words.add("present");
    }
    if (header.flag("treat_missing_header_as_empty")) {
      words.add("(missing as empty)");
    }
    words.add(
        header.rest(
            "name",
            "string_match",
            "exact_match",
            "prefix_match",
            "suffix_match",
            "contains_match",
            "safe_regex_match",
            "range_match",
            "present_match",
            "invert_match",
            "treat_missing_header_as_empty"));
    return String.join(" ", words.stream().filter(word -> !word.isEmpty()).toList());
  }

  private static String query(Fields query) {
    String name = "?" + query.text("name");
    if (query.has("string_match")) {
      name += " " + Texts.stringMatch(query.object("string_match"));
    } else if (query.has("present_match")) {
      name += query.flag("present_match") ? " present" : " absent";
    } else {
      name += " present";
    }
    String rest = query.rest("name", "string_match", "present_match");
    return rest.isEmpty() ? name : name + " " + rest;
  }

  private static String number(Fields range, String name) {
    return range.has(name) ? range.text(name) : "0";
  }
}
