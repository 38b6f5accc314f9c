package dev.pilothouse.envoy;

import java.util.List;

/**
 * A filter of a filter chain, or an HTTP filter inside the HTTP connection manager.
 *
 * @param name its name, as {@code envoy.filters.network.http_connection_manager}
 * @param typeUrl the type of its configuration; empty when it has none
 * @param httpFilters the HTTP filters, in order, if it is an HTTP connection manager; else empty
 * @param routeConfigName the route configuration that it uses, if it is an HTTP connection manager;
 *     else empty
 * @param pointer the JSON pointer to it
 */
public record Filter(
    String name, String typeUrl, List<Filter> httpFilters, String routeConfigName, String pointer) {

  /** Copies the list. */
  public Filter {
    httpFilters = List.copyOf(httpFilters);
  }

  static Filter of(JsonObject json) {
    JsonObject config = json.object("typed_config");
    String typeUrl = config.text("@type");
    if (typeUrl.endsWith(
        "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager")) {
      String inline = config.object("route_config").text("name");
      return new Filter(
          json.text("name"),
          typeUrl,
          config.objects("http_filters", Filter::of),
          inline.isEmpty() ? config.object("rds").text("route_config_name") : inline,
          json.pointer());
    }
    return new Filter(json.text("name"), typeUrl, List.of(), "", json.pointer());
  }

  /** One line: its name, and the HTTP filters in it. */
  @Override
  public String toString() {
    return httpFilters.isEmpty() ? name : name + httpFilters.stream().map(Filter::name).toList();
  }
}
