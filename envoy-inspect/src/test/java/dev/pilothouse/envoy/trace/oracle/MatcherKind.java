package dev.pilothouse.envoy.trace.oracle;

import static dev.pilothouse.envoy.trace.oracle.Json.json;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Virtual hosts whose routes are found by an xDS matcher tree. */
final class MatcherKind implements Kind {
  private static final String ROUTE = "type.googleapis.com/envoy.config.route.v3.Route";
  private static final String LIST = "type.googleapis.com/envoy.config.route.v3.RouteList";
  private final String how;

  private MatcherKind(String how) {
    this.how = how;
  }

  static List<Kind> all() {
    return List.of(
        new MatcherKind("exact map"), new MatcherKind("prefix map"), new MatcherKind("list"));
  }

  @Override
  public String name() {
    return "matcher tree, " + how;
  }

  /** Envoy takes no other input here. */
  private static String input(Dice dice) {
    return json(
        """
        {'name': 'header', 'typed_config': {'@type':
          'type.googleapis.com/envoy.type.matcher.v3.HttpRequestHeaderMatchInput',
          'header_name': '%s'}}""",
        dice.of("x-a", "X-B"));
  }

  private int routes;

  private String action(Dice dice) {
    String first = route(dice);
    if (dice.chance(0.7)) {
      return json(
          "{'action': {'name': 'route', 'typed_config': {'@type': '%s', %s}}}", ROUTE, first);
    }
    return json(
        "{'action': {'name': 'routes', 'typed_config': {'@type': '%s', 'routes': [{%s}, {%s}]}}}",
        LIST, first, route(dice));
  }

  private String route(Dice dice) {
    return json(
        "'name': 'r%d', 'match': {'prefix': '%s'}, 'direct_response': {'status': 200}",
        routes++, dice.of("/", "/", "/foo"));
  }

  private String onMatch(Dice dice, int depth) {
    return depth > 0 && dice.chance(0.4)
        ? json(
            "{'matcher': %s}", matcher(dice, dice.of("list", "prefix map", "exact map"), depth - 1))
        : action(dice);
  }

  private String matcher(Dice dice, String kind, int depth) {
    String otherwise = dice.chance(0.4) ? json(", 'on_no_match': %s", onMatch(dice, depth)) : "";
    if (kind.equals("list")) {
      List<String> matchers = new ArrayList<>();
      for (int i = 1 + dice.below(3); i >= 0; i--) {
        matchers.add(
            json("{'predicate': %s, 'on_match': %s}", predicate(dice, 2), onMatch(dice, depth)));
      }
      return json("{'matcher_list': {'matchers': %s}%s}", Json.list(matchers), otherwise);
    }
    List<String> entries = new ArrayList<>();
    for (String key : dice.some(List.of("a", "ab", "abc", "b", "x y", "%20"), 3)) {
      entries.add(json("'%s': %s", key, onMatch(dice, depth)));
    }
    return json(
        "{'matcher_tree': {'input': %s, '%s': {'map': {%s}}}%s}",
        input(dice),
        kind.equals("exact map") ? "exact_match_map" : "prefix_match_map",
        String.join(", ", entries),
        otherwise);
  }

  private static String predicate(Dice dice, int depth) {
    return switch (depth == 0 ? 0 : dice.below(5)) {
      case 1 -> json("{'not_matcher': %s}", predicate(dice, depth - 1));
      case 2 ->
          json(
              "{'and_matcher': {'predicate': [%s, %s]}}",
              predicate(dice, depth - 1), predicate(dice, depth - 1));
      case 3 ->
          json(
              "{'or_matcher': {'predicate': [%s, %s]}}",
              predicate(dice, depth - 1), predicate(dice, depth - 1));
      default ->
          json(
              "{'single_predicate': {'input': %s, 'value_match': {%s}}}",
              input(dice),
              dice.of(
                  json("'exact': 'a'"),
                  json("'exact': 'A', 'ignore_case': true"),
                  json("'prefix': 'ab'"),
                  json("'prefix': 'AB', 'ignore_case': true"),
                  json("'suffix': 'c'"),
                  json("'contains': 'b'"),
                  json("'contains': 'B', 'ignore_case': true"),
                  json("'exact': 'x y'"),
                  json("'safe_regex': {'google_re2': {}, 'regex': 'a.*'}")));
    };
  }

  @Override
  public Scenario scenario(Dice dice, int count) {
    routes = 0;
    String matcher = matcher(dice, how, 2);
    String table =
        json(
            "{'name': 'table', 'virtual_hosts': [{%s, 'domains': ['*'], 'matcher': %s}]}",
            Json.named("all"), matcher);
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Draft draft = new Draft();
      draft.path = dice.of("/", "/foo", "/bar");
      for (String header : List.of("x-a", "x-b")) {
        if (dice.chance(0.7)) {
          String value = dice.of("a", "ab", "abc", "b", "abx", "x y", "", "A", "c");
          draft.header(header, dice.chance(0.8) ? value : value.toUpperCase(Locale.ROOT));
        }
        if (dice.chance(0.1)) {
          draft.header(header, "b");
        }
      }
      pairs.add(new Pair(RouteKind.connection(), draft.request(), "r" + dice.below(routes), true));
    }
    return Scenario.of(name(), Json.http(table, ""), pairs);
  }
}
