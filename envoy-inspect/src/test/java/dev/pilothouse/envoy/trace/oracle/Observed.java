package dev.pilothouse.envoy.trace.oracle;

/**
 * What a real Envoy did.
 *
 * @param status the HTTP status; 0 when the connection was closed without an answer, -1 when it
 *     answered with something else than HTTP
 * @param chain the filter chain, as the access log would name it; empty for none
 * @param host the virtual host
 * @param route the route
 * @param flags the response flags
 * @param cluster the upstream cluster
 * @param location where a redirect leads; path and host that the server behind got
 * @param text all that came, when it is not HTTP
 */
record Observed(
    int status,
    String chain,
    String host,
    String route,
    String flags,
    String cluster,
    String location,
    String text) {
  static Observed closed() {
    return new Observed(0, "", "", "", "", "", "", "");
  }

  static Observed text(String text) {
    return text.isEmpty() ? closed() : new Observed(-1, text, "", "", "", "", "", text);
  }

  /** The same through a route that told its name in a header, as an answer from a server does. */
  Observed over(String route) {
    return new Observed(status, chain, host, route, flags, cluster, location, text);
  }

  static Observed http(Reply reply, boolean head) {
    if (reply.headers().isEmpty()) {
      return closed();
    }
    // Answers to gRPC have their text there, and answers to HEAD have none.
    String message = reply.header("grpc-message");
    String route = reply.header("x-route");
    String body = head ? (route.isEmpty() ? "" : "only|all|" + route + "|-|-") : reply.body();
    return http(reply.status(), message.isEmpty() ? body : message, reply.header("location"));
  }

  private static Observed http(int status, String body, String location) {
    String[] parts = body.split("\\|", -1);
    if (parts.length == 3) {
      return new Observed(status, "", "", parts[0], "", "echo", parts[1] + " " + parts[2], "");
    }
    return parts.length == 5
        ? new Observed(
            status,
            dash(parts[0]),
            dash(parts[1]),
            dash(parts[2]),
            dash(parts[3]),
            dash(parts[4]),
            location,
            "")
        : new Observed(status, "", "", "", "", "", location, body);
  }

  private static String dash(String text) {
    return text.equals("-") ? "" : text;
  }
}
