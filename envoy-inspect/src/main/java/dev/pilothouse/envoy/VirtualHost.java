package dev.pilothouse.envoy;

import java.util.List;

/**
 * A virtual host of a route configuration.
 *
 * @param name its name
 * @param domains the authorities it serves, as {@code *.example.com}
 * @param routes its routes, in the order in which they are tried
 * @param responseHeadersToAdd what it sets in responses, beside what its routes set
 * @param pointer the JSON pointer to it
 */
public record VirtualHost(
    String name,
    List<String> domains,
    List<Route> routes,
    List<HeaderToAdd> responseHeadersToAdd,
    String pointer) {

  /** Copies the lists. */
  public VirtualHost {
    domains = List.copyOf(domains);
    routes = List.copyOf(routes);
    responseHeadersToAdd = List.copyOf(responseHeadersToAdd);
  }

  static VirtualHost of(JsonObject json) {
    return new VirtualHost(
        json.text("name"),
        json.texts("domains"),
        json.objects("routes", Route::of),
        json.objects("response_headers_to_add", HeaderToAdd::of),
        json.pointer());
  }

  /** One line: its name, domains and how many routes it has. */
  @Override
  public String toString() {
    return "VirtualHost[" + name + ", " + domains + ", " + routes.size() + " routes]";
  }
}
