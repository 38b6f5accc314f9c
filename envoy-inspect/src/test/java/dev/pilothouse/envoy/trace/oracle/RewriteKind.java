package dev.pilothouse.envoy.trace.oracle;

import static dev.pilothouse.envoy.trace.oracle.Json.json;
import static dev.pilothouse.envoy.trace.oracle.Json.quote;

import java.util.ArrayList;
import java.util.List;

/** What routes make of path and host; a server behind them says what it got. */
final class RewriteKind implements Kind {
  private static final String TEMPLATE = "type.googleapis.com/envoy.extensions.path.";

  @Override
  public String name() {
    return "rewrites";
  }

  private static Piece path(Dice dice) {
    Piece piece = dice.of(PathKinds.prefix(dice), PathKinds.exact(dice));
    return dice.chance(0.3)
        ? new Piece(
            piece.path(),
            json("'case_sensitive': false"),
            draft -> {
              piece.satisfy().accept(draft);
              draft.path = dice.anyCase(draft.path);
            },
            piece.spoil())
        : piece;
  }

  private static Piece template(Dice dice) {
    return new Piece(
        json(
            "'path_match_policy': {'name': 'envoy.path.match.uri_template.uri_template_matcher',"
                + " 'typed_config': {'@type': '%smatch.uri_template.v3.UriTemplateMatchConfig',"
                + " 'path_template': '/{a}/{b=foo/*}/**'}}",
            TEMPLATE),
        "",
        draft -> draft.path = dice.of("/x/foo/y/", "/x/foo/bar/z/w?q=1", "/-/foo/1/2"),
        List.of(draft -> draft.path = "/x/bar/y", draft -> draft.path = "/x/foo/y"));
  }

  private static String action(Dice dice, boolean template) {
    List<String> fields = new ArrayList<>();
    fields.add(json("'cluster': 'echo'"));
    if (template) {
      fields.add(
          json(
              "'path_rewrite_policy': {'name': 'envoy.path.rewrite.uri_template.uri_template_rewriter',"
                  + " 'typed_config': {'@type': '%srewrite.uri_template.v3.UriTemplateRewriteConfig',"
                  + " 'path_template_rewrite': '%s'}}",
              TEMPLATE, dice.of("/new/{b}/{a}", "/{a}", "/fixed", "/v-{a}/{b}")));
    } else if (dice.chance(0.5)) {
      fields.add(json("'prefix_rewrite': '%s'", dice.of("/", "/new", "/new/", "/a?x=y")));
    } else if (dice.chance(0.7)) {
      fields.add(
          json(
              "'regex_rewrite': {'pattern': {'regex': %s}, 'substitution': %s}",
              quote(
                  dice.of(
                      "/([a-z]+)",
                      "^/(.)(.*)$",
                      "(o)",
                      "/()$",
                      "(foo|bar)",
                      "(?i)(FOO)",
                      "()x*",
                      "()o*")),
              quote(dice.of("/x-\\1", "/\\1", "/\\0", "/new", "/$1"))));
    }
    switch (dice.below(5)) {
      case 0 -> fields.add(json("'host_rewrite_literal': 'other.host:81'"));
      case 1 -> fields.add(json("'host_rewrite_header': 'X-Host'"));
      case 2 ->
          fields.add(
              json(
                  "'host_rewrite_path_regex': {'pattern': {'regex': %s}, 'substitution': %s}",
                  quote("^/[^A-Za-z]*([A-Za-z]).*$"), quote("\\1.host")));
      default -> {}
    }
    return String.join(", ", fields);
  }

  @Override
  public Scenario scenario(Dice dice, int count) {
    List<Piece> pieces = new ArrayList<>();
    List<String> routes = new ArrayList<>();
    for (int i = 2 + dice.below(3); i >= 0; i--) {
      boolean template = dice.chance(0.2);
      Piece piece = template ? template(dice) : path(dice);
      String action = action(dice, template);
      String name = "r" + pieces.size();
      routes.add(
          json(
              "{'name': '%s', 'match': %s, 'route': {%s}, 'request_headers_to_add': [{"
                  + "'header': {'key': 'x-route', 'value': '%s'}}]}",
              name, piece.match(), action, name));
      pieces.add(piece);
    }
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int target = dice.below(pieces.size());
      Draft draft = new Draft();
      draft.host = dice.of("oracle", "Oracle:8080");
      if (dice.chance(0.7)) {
        draft.header("x-host", dice.of("from.header", "from.header:1"));
      }
      pieces.get(target).satisfy().accept(draft);
      boolean spoiled = dice.chance(RouteKind.SPOILED);
      if (spoiled) {
        dice.of(pieces.get(target).spoil()).accept(draft);
      }
      pairs.add(new Pair(RouteKind.connection(), draft.request(), "r" + target, spoiled));
    }
    return Scenario.of(name(), Json.http(Json.table(routes), ""), pairs);
  }
}
