package dev.pilothouse.workload;

import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * An HTTP request between workloads.
 *
 * <pre>{@code
 * HttpCall.get("http://reviews:9080/ratings").withHeader("end-user", "jason")
 * }</pre>
 *
 * @param method the method, as {@code GET}
 * @param url the address as the application would write it, as {@code http://httpbin:8000/get};
 *     http only. Its host and port are sent as the Host header, unless {@code headers} has one; its
 *     port (80 if it names none) is the one that the workload's Envoy listens on.
 * @param headers request headers
 * @param body the body; empty for none
 * @param deadline how long to wait for the whole answer
 */
public record HttpCall(
    String method, URI url, Map<String, String> headers, String body, Duration deadline) {
  private static final int DEFAULT_PORT = 80;

  /** As RFC 9110 has it. */
  private static final Pattern TOKEN = Pattern.compile("[-!#$%&'*+.^_`|~0-9A-Za-z]+");

  /** No control characters but the tab: a line's end would begin another header. */
  private static final Pattern LINE = Pattern.compile("[^\\x00-\\x08\\x0a-\\x1f\\x7f]*");

  /**
   * Copies the map.
   *
   * @throws IllegalArgumentException if the URL is no http address of a host, or HTTP does not
   *     allow the method, or the name or the value of a header
   */
  public HttpCall {
    headers = Map.copyOf(headers);
    if (!"http".equalsIgnoreCase(url.getScheme()) || url.getHost() == null) {
      throw new IllegalArgumentException("not an http address of a host: " + url);
    }
    require("method", TOKEN, method);
    headers.forEach(
        (name, value) -> {
          require("name of a header", TOKEN, name);
          require("value of header " + name, LINE, value);
        });
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

  /**
   * Another method.
   *
   * @param value the method, as {@code POST}
   * @return a copy
   */
  public HttpCall withMethod(String value) {
    return new HttpCall(value, url, headers, body, deadline);
  }

  /**
   * One header more, or another value for it; upper and lower case are the same name.
   *
   * @param name its name
   * @param value its value
   * @return a copy
   * @throws IllegalArgumentException if HTTP does not allow the name or the value
   */
  public HttpCall withHeader(String name, String value) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.keySet().removeIf(name::equalsIgnoreCase);
    all.put(name, value);
    return new HttpCall(method, url, all, body, deadline);
  }

  /**
   * Another body.
   *
   * @param value the body, sent as UTF-8; empty for none
   * @return a copy
   */
  public HttpCall withBody(String value) {
    return new HttpCall(method, url, headers, value, deadline);
  }

  /**
   * Another deadline.
   *
   * @param value how long to wait for the whole answer
   * @return a copy
   */
  public HttpCall withDeadline(Duration value) {
    return new HttpCall(method, url, headers, body, value);
  }

  private static void require(String what, Pattern form, String value) {
    if (!form.matcher(value).matches()) {
      throw new IllegalArgumentException("HTTP does not allow this " + what + ": \"" + value + '"');
    }
  }

  /** The port that the URL means. */
  int port() {
    return url.getPort() < 0 ? DEFAULT_PORT : url.getPort();
  }

  /** The method and the address. */
  @Override
  public String toString() {
    return method + " " + url;
  }
}
