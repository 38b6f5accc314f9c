package dev.pilothouse.envoy.table;

import dev.pilothouse.envoy.Owner;
import dev.pilothouse.envoy.Resource;
import java.util.ArrayList;
import java.util.List;

/** The words that several tables share. */
final class Texts {
  private Texts() {}

  /** Parts with commas between them, empty ones left out. */
  static String join(List<String> parts) {
    return String.join(", ", parts.stream().filter(part -> !part.isEmpty()).toList());
  }

  /** The state, unless it is the usual one. */
  static String state(Resource resource) {
    return resource.state() == Resource.State.ACTIVE ? "" : resource.state().name();
  }

  /** As istioctl writes the Istio object that something was made from: {@code name.namespace}. */
  static String owner(Fields json, String usualKind) {
    String path = json.object("metadata").object("filter_metadata").object("istio").text("config");
    return Owner.parse(path)
        .map(
            owner ->
                (owner.kind().equals(usualKind) ? "" : owner.kind() + " ")
                    + owner.name()
                    + "."
                    + owner.namespace())
        .orElse(path);
  }

  /** A filter's or an extension's name without what all of them share. */
  static String shortName(String name) {
    for (String prefix :
        List.of(
            "envoy.filters.http.",
            "envoy.filters.network.",
            "envoy.transport_sockets.",
            "envoy.load_balancing_policies.",
            "envoy.retry_host_predicates.",
            "envoy.clusters.",
            "envoy.")) {
      if (name.startsWith(prefix)) {
        return name.substring(prefix.length());
      }
    }
    return name;
  }

  /** A {@code StringMatcher}: {@code exact "GET"}, {@code prefix "/a" in any case}. */
  static String stringMatch(Fields match) {
    List<String> words = new ArrayList<>();
    for (String kind : List.of("exact", "prefix", "suffix", "contains")) {
      if (match.has(kind)) {
        words.add(kind + " " + Fields.quoted(match.text(kind)));
      }
    }
    if (match.has("safe_regex")) {
      words.add("regex " + Fields.quoted(match.object("safe_regex").text("regex")));
    }
    if (match.flag("ignore_case")) {
      words.add("in any case");
    }
    words.add(match.rest("exact", "prefix", "suffix", "contains", "safe_regex", "ignore_case"));
    return String.join(" ", words.stream().filter(word -> !word.isEmpty()).toList());
  }

  /** A {@code RuntimeFractionalPercent} or a {@code FractionalPercent}: {@code 12.5%}. */
  static String percent(Fields fraction) {
    Fields value = fraction.has("default_value") ? fraction.object("default_value") : fraction;
    long numerator = number(value.text("numerator"));
    double share =
        switch (value.text("denominator")) {
          case "TEN_THOUSAND" -> numerator / 100.0;
          case "MILLION" -> numerator / 10_000.0;
          default -> numerator;
        };
    String percent = (share == Math.rint(share) ? "" + (long) share : "" + share) + "%";
    String key = fraction.text("runtime_key");
    return key.isEmpty() ? percent : percent + " (runtime " + key + ")";
  }

  static long number(String text) {
    try {
      return text.isEmpty() ? 0 : Long.parseLong(text);
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
