package dev.pilothouse.workload;

import java.net.URI;
import java.time.Duration;
import java.util.Map;

/**
 * An HTTP request between workloads.
 *
 * @param method the method, as {@code GET}
 * @param url the address as the application would write it, as {@code http://httpbin:8000/get}
 * @param headers request headers
 * @param body the body; empty for none
 * @param deadline how long to wait for the answer
 */
public record HttpCall(
    String method, URI url, Map<String, String> headers, String body, Duration deadline) {
  /** Copies the map. */
  public HttpCall {
    headers = Map.copyOf(headers);
  }

  /**
   * A GET with no headers and ten seconds.
   *
   * @param url the address
   * @return the call
   */
  public static HttpCall get(String url) {
    return new HttpCall("GET", URI.create(url), Map.of(), "", Duration.ofSeconds(10));
  }
}
