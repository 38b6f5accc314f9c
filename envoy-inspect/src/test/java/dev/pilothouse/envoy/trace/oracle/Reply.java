package dev.pilothouse.envoy.trace.oracle;

import dev.pilothouse.envoy.trace.HttpRequest;
import java.util.List;

/**
 * An answer to a request.
 *
 * @param headers names in lower case, the status as {@code :status}; none when the connection or
 *     the stream ended without an answer
 */
record Reply(List<HttpRequest.Header> headers, String body) {
  static final Reply NONE = new Reply(List.of(), "");

  /** The values of a header, joined; empty for none. */
  String header(String name) {
    return String.join(",", values(name));
  }

  List<String> values(String name) {
    return headers.stream()
        .filter(header -> header.name().equals(name))
        .map(HttpRequest.Header::value)
        .toList();
  }

  int status() {
    return headers.isEmpty() ? 0 : Integer.parseInt(header(":status"));
  }
}
