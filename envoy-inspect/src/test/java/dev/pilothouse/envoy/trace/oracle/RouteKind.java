package dev.pilothouse.envoy.trace.oracle;

import dev.pilothouse.envoy.trace.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A kind of condition in a route's match. A scenario has some routes with such conditions; each
 * request is made for one of them, and four of five are spoiled afterwards.
 *
 * @param name what it is called in the table
 * @param pieces makes a condition
 * @param manager fields of the connection manager, each with a comma in front
 * @param table fields of the route configuration, each with a comma at its end
 * @param first the first minor release of Envoy that has it
 */
record RouteKind(String name, Function<Dice, Piece> pieces, String manager, String table, int first)
    implements Kind {
  static final double SPOILED = 0.8;

  RouteKind(String name, Function<Dice, Piece> pieces) {
    this(name, pieces, "", "", 0);
  }

  @Override
  public boolean since(int minor) {
    return minor >= first;
  }

  static Connection connection() {
    return Connection.to("10.1.2.3", 8080)
        .from("10.9.8.7", 33333)
        .by("127.0.0.1")
        .at(Scenario.ENTRY);
  }

  @Override
  public Scenario scenario(Dice dice, int count) {
    List<Piece> all = new ArrayList<>();
    List<String> routes = new ArrayList<>();
    for (int i = 2 + dice.below(5); i >= 0; i--) {
      Piece piece = pieces.apply(dice);
      routes.add(Json.route("r" + all.size(), piece.match()));
      all.add(piece);
    }
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int target = dice.below(all.size());
      Draft draft = new Draft();
      draft.path = dice.of("/", "/foo", "/foo/bar?a=b");
      all.get(target).satisfy().accept(draft);
      boolean spoiled = dice.chance(SPOILED) && !all.get(target).spoil().isEmpty();
      if (spoiled) {
        Consumer<Draft> spoil = dice.of(all.get(target).spoil());
        spoil.accept(draft);
      }
      pairs.add(new Pair(connection(), draft.request(), "r" + target, spoiled));
    }
    String hosts =
        Json.json(
            "{%s'name': 'table', 'virtual_hosts': [%s]}",
            table.replace('\'', '"'), Json.host("all", List.of("*"), routes));
    return Scenario.of(name, Json.http(hosts, manager.replace('\'', '"')), pairs);
  }
}
