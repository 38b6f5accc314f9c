package dev.pilothouse.envoy.trace.oracle;

import dev.pilothouse.envoy.trace.HttpRequest;
import java.util.ArrayList;
import java.util.List;

/** A request in the making. */
final class Draft {
  String method = "GET";
  String host = "oracle";
  String path = "/";
  String scheme = "http";
  HttpRequest.Protocol protocol = HttpRequest.Protocol.HTTP_1_1;
  final List<HttpRequest.Header> headers = new ArrayList<>();

  Draft header(String name, String value) {
    headers.add(new HttpRequest.Header(name, value));
    return this;
  }

  Draft drop(String name) {
    headers.removeIf(header -> header.name().equalsIgnoreCase(name));
    return this;
  }

  HttpRequest request() {
    return new HttpRequest(method, scheme, host, path, headers, protocol);
  }
}
