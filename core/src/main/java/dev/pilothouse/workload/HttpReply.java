package dev.pilothouse.workload;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The answer to an {@link HttpCall}.
 *
 * @param status the status code
 * @param headers response headers; names in lower case, the values of each in the order in which
 *     they came
 * @param body the body, as UTF-8
 * @param took from sending to the last byte
 */
public record HttpReply(int status, Map<String, List<String>> headers, String body, Duration took) {
  /** Copies the map. */
  public HttpReply {
    Map<String, List<String>> copy = new LinkedHashMap<>();
    headers.forEach((name, values) -> copy.put(name, List.copyOf(values)));
    headers = Map.copyOf(copy);
  }

  /**
   * The first value of a header.
   *
   * @param name its name, in any case
   * @return the value, or empty when there is no such header
   */
  public Optional<String> header(String name) {
    return headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of()).stream().findFirst();
  }
}
