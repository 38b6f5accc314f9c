package dev.pilothouse.envoy.trace.oracle;

import static dev.pilothouse.envoy.trace.oracle.Json.json;
import static dev.pilothouse.envoy.trace.oracle.Json.quote;

import java.util.ArrayList;
import java.util.List;

/** Scoped routes: parts of headers choose the route configuration. */
final class ScopeKind implements Kind {
  private static final List<String> VALUES = List.of("a", "b", "abc", "");

  @Override
  public String name() {
    return "scoped routes";
  }

  private static String fragment(Dice dice, String header) {
    return json(
        "{'header_value_extractor': {'name': '%s', %s}}",
        header,
        dice.of(
            json("'index': 0"),
            json("'element_separator': ';', 'index': 0"),
            json("'element_separator': ';', 'index': 1"),
            json("'element_separator': ';', 'element': {'separator': '=', 'key': 'k'}"),
            json("'element': {'separator': '=', 'key': 'k'}")));
  }

  @Override
  public Scenario scenario(Dice dice, int count) {
    boolean two = dice.chance(0.4);
    String fragments =
        two ? fragment(dice, "x-a") + ", " + fragment(dice, "X-B") : fragment(dice, "x-a");
    List<String> keys = new ArrayList<>();
    for (String first : List.of("a", "b", "abc")) {
      for (String second : two ? List.of("a", "b") : List.of("")) {
        String more = two ? json(", {'string_key': %s}", quote(second)) : "";
        keys.add(json("{'fragments': [{'string_key': %s}%s]}", quote(first), more));
      }
    }
    List<String> scopes = new ArrayList<>();
    for (String key : dice.some(keys, 3)) {
      String name = "s" + scopes.size();
      String table =
          json(
              "{'name': '%s', 'virtual_hosts': [%s]}",
              name,
              Json.host("all", List.of("*"), List.of(Json.route(name, json("{'prefix': '/'}")))));
      scopes.add(json("{'name': '%s', 'route_configuration': %s, 'key': %s}", name, table, key));
    }
    String scoped =
        json(
            "'scoped_routes': {'name': 'scopes', 'scope_key_builder': {'fragments': [%s]},"
                + " 'scoped_route_configurations_list': {'scoped_route_configurations': %s}}",
            fragments, Json.list(scopes));
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Draft draft = new Draft();
      for (String header : List.of("x-a", "x-b")) {
        if (dice.chance(0.9)) {
          draft.header(header, value(dice));
        }
        if (dice.chance(0.1)) {
          draft.header(header, value(dice));
        }
      }
      pairs.add(new Pair(RouteKind.connection(), draft.request(), "s" + dice.below(3), true));
    }
    String listener = Json.http("TABLE", "").replace("\"route_config\": TABLE", scoped);
    return Scenario.of(name(), listener, pairs);
  }

  private static String value(Dice dice) {
    String value = dice.of(VALUES);
    return switch (dice.below(5)) {
      case 0 -> value;
      case 1 -> value + ";" + dice.of(VALUES);
      case 2 -> "k=" + value;
      case 3 -> "x;k=" + value;
      default -> "k=" + value + ";k=" + dice.of(VALUES);
    };
  }
}
