package dev.pilothouse.envoy.trace.oracle;

import static dev.pilothouse.envoy.trace.oracle.Json.json;
import static dev.pilothouse.envoy.trace.oracle.Json.quote;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Kinds of conditions on runtime, certificate and metadata, and several at once. */
final class MoreRouteKinds {
  private MoreRouteKinds() {}

  static List<Kind> all() {
    List<Kind> kinds = new ArrayList<>();
    kinds.add(new RouteKind("runtime fraction", MoreRouteKinds::fraction));
    kinds.add(new RouteKind("TLS context", MoreRouteKinds::tls));
    kinds.add(new RouteKind("dynamic metadata", MoreRouteKinds::metadata));
    kinds.add(new RouteKind("filter state", MoreRouteKinds::filterState));
    kinds.add(new RouteKind("several at once", MoreRouteKinds::mixed));
    return kinds;
  }

  /** With a path, so that there are near misses too. */
  private static Piece fraction(Dice dice) {
    Piece path = PathKinds.prefix(dice);
    String key =
        dice.of(
            "", json("'runtime_key': 'oracle.%s', ", dice.of("half", "never", "always", "none")));
    String[] fraction =
        dice.of(
                "0 HUNDRED",
                "100 HUNDRED",
                "30 HUNDRED",
                "5000 TEN_THOUSAND",
                "250000 MILLION",
                "200 HUNDRED")
            .split(" ", -1);
    return new Piece(
        path.path(),
        json(
            "'runtime_fraction': {%s'default_value': {'numerator': %s, 'denominator': '%s'}}",
            key, fraction[0], fraction[1]),
        path.satisfy(),
        path.spoil());
  }

  static Piece tls(Dice dice) {
    Piece path = PathKinds.prefix(dice);
    return new Piece(
        path.path(),
        json(
            "'tls_context': {%s}",
            dice.of(
                json("'presented': false"),
                json("'presented': true"),
                json("'validated': false"),
                json("'validated': true"),
                json("'presented': false, 'validated': false"),
                json("'presented': false, 'validated': true"),
                "")),
        path.satisfy(),
        path.spoil());
  }

  private static Piece metadata(Dice dice) {
    Piece path = PathKinds.prefix(dice);
    return new Piece(
        path.path(),
        json(
            "'dynamic_metadata': [{'filter': 'f', 'path': [{'key': 'k'}], 'value': {%s}%s}]",
            dice.of(
                json("'string_match': {'exact': 'x'}"),
                json("'string_match': {'safe_regex': {'regex': '.*'}}"),
                json("'present_match': true"),
                json("'present_match': false"),
                json("'null_match': {}"),
                json("'bool_match': false"),
                json("'double_match': {'exact': 0}"),
                json("'list_match': {'one_of': {'present_match': true}}")),
            dice.chance(0.4) ? json(", 'invert': true") : ""),
        path.satisfy(),
        path.spoil());
  }

  private static Piece filterState(Dice dice) {
    Piece path = PathKinds.prefix(dice);
    return new Piece(
        path.path(),
        dice.chance(0.5)
            ? ""
            : json(
                "'filter_state': [{'key': 'k%d', 'string_match': {'%s': 'x'}}]",
                dice.below(3), dice.of("exact", "prefix")),
        path.satisfy(),
        path.spoil());
  }

  static Piece mixed(Dice dice) {
    Piece path = dice.chance(0.5) ? PathKinds.prefix(dice) : PathKinds.exact(dice);
    String name = dice.of("x-a", "x-b");
    String value = dice.of("1", "2", "abc");
    String query = dice.of("a", "b");
    boolean header = dice.chance(0.7);
    boolean parameter = dice.chance(0.5);
    List<String> rest = new ArrayList<>();
    List<Consumer<Draft>> spoils = new ArrayList<>(path.spoil());
    if (header) {
      rest.add(
          json("'headers': [{'name': '%s', 'string_match': {'exact': %s}}]", name, quote(value)));
      spoils.add(draft -> draft.drop(name));
      spoils.add(draft -> draft.header(name, value));
    }
    if (parameter) {
      rest.add(json("'query_parameters': [{'name': '%s', 'present_match': true}]", query));
      spoils.add(draft -> draft.path = draft.path.replaceFirst("[?].*", ""));
    }
    return new Piece(
        path.path(),
        String.join(", ", rest),
        draft -> {
          path.satisfy().accept(draft);
          if (header) {
            draft.header(name, value);
          }
          if (parameter) {
            draft.path = draft.path.replaceFirst("[?].*", "") + "?" + query + "=1";
          }
        },
        spoils);
  }
}
