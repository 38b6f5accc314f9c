package dev.pilothouse.envoy.trace.oracle;

import java.util.List;
import java.util.stream.Collectors;

/** Writes JSON by templates, in which single quotes stand for double ones. */
final class Json {
  private static final String HCM =
      "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3"
          + ".HttpConnectionManager";

  private Json() {}

  /** A template; its arguments come in as they are. */
  static String json(String template, Object... arguments) {
    return template.replace('\'', '"').formatted(arguments);
  }

  /** A string, quoted. */
  static String quote(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  static String quoted(List<String> texts) {
    return texts.stream().map(Json::quote).collect(Collectors.joining(",", "[", "]"));
  }

  static String list(List<String> elements) {
    return "[" + String.join(",", elements) + "]";
  }

  /** A route that answers by itself. */
  static String route(String name, String match) {
    return json("{'name': '%s', 'match': %s, 'direct_response': {'status': 200}}", name, match);
  }

  /** A virtual host's name, also where answers can take it from. */
  static String named(String name) {
    return json(
        "'name': '%s', 'metadata': {'filter_metadata': {'oracle': {'name': '%s'}}}", name, name);
  }

  static String host(String name, List<String> domains, List<String> routes) {
    return json("{%s, 'domains': %s, 'routes': %s}", named(name), quoted(domains), list(routes));
  }

  /** A route configuration with one virtual host for all. */
  static String table(List<String> routes) {
    return json("{'name': 'table', 'virtual_hosts': [%s]}", host("all", List.of("*"), routes));
  }

  /**
   * A connection manager. Each answer that Envoy makes itself tells what it decided.
   *
   * @param more further fields, each with a comma in front
   */
  static String manager(String table, String more) {
    return json(
        """
        {'name': 'envoy.filters.network.http_connection_manager', 'typed_config': {
          '@type': '%s', 'stat_prefix': 'o', 'route_config': %s,
          'generate_request_id': false,
          'local_reply_config': {'body_format': {'text_format_source': {'inline_string':
            '%%FILTER_CHAIN_NAME%%|%%METADATA(VIRTUAL_HOST:oracle:name)%%|%%ROUTE_NAME%%|%%RESPONSE_FLAGS%%|%%UPSTREAM_CLUSTER%%'}}},
          'http_filters': [{'name': 'envoy.filters.http.router', 'typed_config': {
            '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router'}}]%s}}
        """,
        HCM, table, more);
  }

  /** A listener's fields: one chain with one connection manager. */
  static String http(String table, String more) {
    return json("'filter_chains': [{'name': 'only', 'filters': [%s]}]", manager(table, more));
  }

  /** A listener's fields: a server that answers with the route, path and host that it got. */
  static String echo() {
    String all = table(List.of(route("echo", json("{'prefix': '/'}"))));
    return http(all, "")
        .replaceFirst(
            "%FILTER_CHAIN_NAME.*?UPSTREAM_CLUSTER%",
            "%REQ(X-ROUTE)%|%REQ(:PATH)%|%REQ(:AUTHORITY)%");
  }

  /** A filter chain that says its name and closes, whatever it is sent. */
  static String speaking(String name, String match) {
    return json(
        """
        {'name': '%s', 'filter_chain_match': %s, 'filters': [{
          'name': 'envoy.filters.network.direct_response', 'typed_config': {
            '@type': 'type.googleapis.com/envoy.extensions.filters.network.direct_response.v3.Config',
            'response': {'inline_string': '%s'}}}]}
        """,
        name, match, name);
  }
}
