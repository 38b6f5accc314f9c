package dev.pilothouse.envoy.lint;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a filter chain matches, as Envoy indexes it: each combination of its values for itself. Two
 * chains may not share one.
 */
final class ChainMatch {
  private static final int MOST_COMBINATIONS = 10_000;

  private ChainMatch() {}

  /** The combinations; none when they are too many, or hold what is unknown here. */
  static List<List<String>> of(Part chain) {
    Part match = chain.part("filter_chain_match").orElse(null);
    List<List<String>> all = new ArrayList<>();
    all.add(List.of());
    if (match == null) {
      for (int i = 0; i < 9; i++) {
        all = times(all, List.of(""));
      }
      return all;
    }
    all = times(all, List.of(number(match, "destination_port")));
    all = times(all, ranges(match, "prefix_ranges"));
    all = times(all, texts(match, "server_names"));
    all = times(all, List.of(match.text("transport_protocol")));
    all = times(all, texts(match, "application_protocols"));
    all = times(all, ranges(match, "direct_source_prefix_ranges"));
    String type = match.text("source_type");
    all = times(all, List.of(type.equals("ANY") || type.equals("0") ? "" : type));
    all = times(all, ranges(match, "source_prefix_ranges"));
    return times(all, texts(match, "source_ports"));
  }

  private static List<List<String>> times(List<List<String>> all, List<String> values) {
    if ((long) all.size() * values.size() > MOST_COMBINATIONS) {
      return List.of();
    }
    List<List<String>> more = new ArrayList<>(all.size() * values.size());
    for (List<String> one : all) {
      for (String value : values) {
        List<String> longer = new ArrayList<>(one);
        longer.add(value);
        more.add(longer);
      }
    }
    return more;
  }

  private static String number(Part match, String field) {
    String text = match.text(field);
    return text.equals("0") ? "" : text;
  }

  private static List<String> texts(Part match, String field) {
    List<String> texts = new ArrayList<>();
    for (JsonNode value : match.value(field)) {
      texts.add(value.asText().toLowerCase(Locale.ROOT));
    }
    return texts.isEmpty() ? List.of("") : texts;
  }

  private static List<String> ranges(Part match, String field) {
    List<String> texts = new ArrayList<>();
    for (Part range : match.parts(field)) {
      String length = range.text("prefix_len");
      texts.add(range.text("address_prefix") + "/" + (length.isEmpty() ? "0" : length));
    }
    return texts.isEmpty() ? List.of("") : texts;
  }
}
