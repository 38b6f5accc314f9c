package dev.pilothouse.envoy.admin;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Writes the query of a request. */
final class Query {
  private Query() {}

  static String encode(String value) {
    // Envoy takes a plus for a plus.
    return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
  }

  static String of(Map<String, String> parameters) {
    if (parameters.isEmpty()) {
      throw new IllegalArgumentException("nothing to set");
    }
    return new TreeMap<>(parameters)
        .entrySet().stream()
            .map(e -> encode(e.getKey()) + "=" + encode(e.getValue()))
            .collect(Collectors.joining("&", "?", ""));
  }
}
