package dev.pilothouse.envoy.trace;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What happens to a request on its way to a cluster.
 *
 * @param path the path that the server gets, with the query
 * @param host the host that the server gets; null when it is the name of the endpoint that is
 *     picked
 * @param timeout how long the answer may take; zero for as long as it likes
 * @param attemptTimeout how long each attempt may take, with or without retries; zero for as long
 *     as {@code timeout} says
 * @param retries as {@code 2 on connect-failure,unavailable}; empty for none
 * @param mirrors clusters that get a copy, as {@code outbound|80||shadow 10 %}
 * @param headers changes of headers, of request and response, in the order in which they are made
 * @param internalRedirects whether Envoy follows redirects of the server by itself
 */
public record Forwarding(
    String path,
    @Nullable String host,
    Duration timeout,
    Duration attemptTimeout,
    String retries,
    List<String> mirrors,
    List<HeaderChange> headers,
    boolean internalRedirects) {
  /** Copies the lists. */
  public Forwarding {
    mirrors = List.copyOf(mirrors);
    headers = List.copyOf(headers);
  }
}
