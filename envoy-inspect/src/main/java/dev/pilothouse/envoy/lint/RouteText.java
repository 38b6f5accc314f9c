package dev.pilothouse.envoy.lint;

/** Names a route in a message. */
final class RouteText {
  private RouteText() {}

  /** By its name if it has one, and by its match. */
  static String of(Part route) {
    String match = route.value("match").toString();
    String name = route.text("name");
    return name.isEmpty() ? match : name + " " + match;
  }
}
