package dev.pilothouse.workload;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The answer to an {@link HttpCall}.
 *
 * @param status the status code
 * @param headers response headers; names in lower case
 * @param body the body, as UTF-8
 * @param took from sending to the last byte
 */
public record HttpReply(int status, Map<String, List<String>> headers, String body, Duration took) {
  /** Copies the map. */
  public HttpReply {
    headers = Map.copyOf(headers);
  }
}
