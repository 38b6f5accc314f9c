package dev.pilothouse.envoy.trace.oracle;

import static dev.pilothouse.envoy.trace.oracle.Json.json;
import static dev.pilothouse.envoy.trace.oracle.Json.quote;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** What routes do with requests, and what virtual hosts demand. */
final class ActionKinds {
  /**
   * A kind of action.
   *
   * @param action makes the JSON of an action
   * @param spice changes requests beside their paths
   */
  private record ActionKind(
      String name,
      Function<Dice, String> action,
      Function<Dice, Draft> spice,
      String hostFields,
      String manager)
      implements Kind {
    ActionKind(
        String name,
        Function<Dice, String> action,
        Function<Dice, Draft> spice,
        String hostFields) {
      this(name, action, spice, hostFields, "");
    }

    @Override
    public Scenario scenario(Dice dice, int count) {
      List<Piece> pieces = new ArrayList<>();
      List<String> routes = new ArrayList<>();
      for (int i = 2 + dice.below(3); i >= 0; i--) {
        Piece piece = dice.of(PathKinds.prefix(dice), PathKinds.exact(dice));
        routes.add(
            json(
                "{'name': 'r%d', 'match': %s, 'response_headers_to_add': [{"
                    + "'header': {'key': 'x-route', 'value': 'r%d'}}], %s}",
                pieces.size(), piece.match(), pieces.size(), action.apply(dice)));
        pieces.add(piece);
      }
      List<Pair> pairs = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        int target = dice.below(pieces.size());
        Draft draft = spice.apply(dice);
        pieces.get(target).satisfy().accept(draft);
        boolean spoiled = dice.chance(RouteKind.SPOILED);
        if (spoiled) {
          dice.of(pieces.get(target).spoil()).accept(draft);
        }
        pairs.add(new Pair(RouteKind.connection(), draft.request(), "r" + target, spoiled));
      }
      String table =
          json(
              "{'name': 'table', 'virtual_hosts': [{%s%s, 'domains': ['*'], 'routes': %s}]}",
              hostFields.replace('\'', '"'), Json.named("all"), Json.list(routes));
      return Scenario.of(name, Json.http(table, manager.replace('\'', '"')), pairs);
    }
  }

  private ActionKinds() {}

  static List<Kind> all() {
    return List.of(
        new ActionKind("cluster", ActionKinds::cluster, dice -> new Draft(), ""),
        new ActionKind("weighted clusters", ActionKinds::weighted, ActionKinds::withHeader, ""),
        new ActionKind("cluster header", ActionKinds::byHeader, ActionKinds::withHeader, ""),
        new ActionKind("redirect", ActionKinds::redirect, ActionKinds::withHost, ""),
        new ActionKind(
            "TLS required", ActionKinds::cluster, ActionKinds::forwarded, "'require_tls': 'ALL', "),
        new ActionKind(
            "TLS required outside",
            ActionKinds::cluster,
            ActionKinds::forwarded,
            "'require_tls': 'EXTERNAL_ONLY', "),
        new ActionKind("gRPC answers", ActionKinds::answer, ActionKinds::grpc, ""),
        new ActionKind("HEAD", ActionKinds::answer, ActionKinds::head, ""),
        new ActionKind("upgrade", ActionKinds::upgrading, ActionKinds::upgrade, ""),
        new ActionKind(
            "upgrade, TLS required",
            ActionKinds::upgrading,
            ActionKinds::upgrade,
            "'require_tls': 'ALL', "),
        new ActionKind(
            "upgrade enabled",
            ActionKinds::upgrading,
            ActionKinds::upgrade,
            "",
            ", 'upgrade_configs': [{'upgrade_type': 'WebSocket'},"
                + " {'upgrade_type': 'other', 'enabled': false}]"),
        new ActionKind(
            "upgrade ignored",
            ActionKinds::upgrading,
            ActionKinds::upgrade,
            "",
            ", 'http_protocol_options': {'ignore_http_11_upgrade':"
                + " [{'exact': 'websocket', 'ignore_case': true}]}"),
        new ActionKind(
            "number of headers",
            ActionKinds::cluster,
            ActionKinds::many,
            "",
            ", 'common_http_protocol_options': {'max_headers_count': 30}"));
  }

  private static String cluster(Dice dice) {
    return json("'route': {'cluster': 'c%d'}", dice.below(10));
  }

  private static String weighted(Dice dice) {
    List<String> clusters = new ArrayList<>();
    for (int i = 1 + dice.below(4); i >= 0; i--) {
      String name =
          dice.chance(0.2)
              ? json("'cluster_header': 'x-cluster'")
              : json("'name': 'c%d'", clusters.size());
      clusters.add(json("{%s, 'weight': %d}", name, dice.of(0, 1, 5, 90, 1000)));
    }
    clusters.add(json("{'name': 'c9', 'weight': 1}"));
    String header = dice.chance(0.4) ? json(", 'header_name': 'x-random'") : "";
    return json("'route': {'weighted_clusters': {'clusters': %s%s}}", Json.list(clusters), header);
  }

  private static String byHeader(Dice dice) {
    return json(
        "'route': {'cluster_header': '%s'%s}",
        dice.of("x-cluster", "X-Other", ":authority"),
        dice.chance(0.3) ? json(", 'cluster_not_found_response_code': 'NOT_FOUND'") : "");
  }

  private static Draft withHeader(Dice dice) {
    Draft draft = new Draft();
    if (dice.chance(0.8)) {
      draft.header("x-cluster", dice.of("c1", "c2", "nowhere", "C1", ""));
    }
    if (dice.chance(0.3)) {
      draft.header("x-cluster", "c3");
    }
    if (dice.chance(0.3)) {
      draft.header("x-other", dice.of("c4", "c5"));
    }
    if (dice.chance(0.7)) {
      draft.header("x-random", dice.of("0", "1", "7", "95", "1003", "x", "-1", ""));
    }
    draft.host = dice.of("oracle", "c6", "c7");
    return draft;
  }

  private static String redirect(Dice dice) {
    List<String> fields = new ArrayList<>();
    if (dice.chance(0.3)) {
      fields.add(json("'https_redirect': true"));
    } else if (dice.chance(0.3)) {
      fields.add(json("'scheme_redirect': '%s'", dice.of("https", "ftp", "http")));
    }
    if (dice.chance(0.4)) {
      fields.add(json("'host_redirect': '%s'", dice.of("new.host", "new.host:81")));
    }
    if (dice.chance(0.3)) {
      fields.add(json("'port_redirect': %d", dice.of(80, 443, 8443)));
    }
    if (dice.chance(0.3)) {
      fields.add(json("'path_redirect': '%s'", dice.of("/new", "/new?x=y")));
    } else if (dice.chance(0.3)) {
      fields.add(json("'prefix_rewrite': '%s'", dice.of("/new", "/")));
    } else if (dice.chance(0.4)) {
      fields.add(
          json(
              "'regex_rewrite': {'pattern': {'regex': %s}, 'substitution': %s}",
              quote("/([a-z]+)/?"), quote(dice.of("/\\1-x/", "\\0$", "/fixed"))));
    }
    if (dice.chance(0.3)) {
      fields.add(json("'strip_query': true"));
    }
    if (dice.chance(0.5)) {
      fields.add(
          json(
              "'response_code': '%s'",
              dice.of("FOUND", "SEE_OTHER", "TEMPORARY_REDIRECT", "PERMANENT_REDIRECT")));
    }
    return json("'redirect': {%s}", String.join(", ", fields));
  }

  private static Draft withHost(Dice dice) {
    Draft draft = forwarded(dice);
    draft.host = dice.of("oracle", "oracle:80", "oracle:443", "oracle:8080", "[::1]:80", "[::1]");
    return draft;
  }

  private static Draft forwarded(Dice dice) {
    Draft draft = new Draft();
    if (dice.chance(0.6)) {
      draft.header("x-forwarded-proto", dice.of("http", "https", "ftp", "HTTPS"));
    }
    if (dice.chance(0.2)) {
      draft.header("x-forwarded-for", dice.of("10.0.0.1", "8.8.8.8", "10.0.0.1, 8.8.8.8"));
    }
    return draft;
  }

  /** What Envoy answers itself. */
  private static String answer(Dice dice) {
    return dice.of(
        json(
            "'direct_response': {'status': %d, 'body': {'inline_string': 'x'}}",
            dice.of(200, 401, 404, 429, 503)),
        redirect(dice),
        json("'route': {'cluster_header': 'x-none'}"));
  }

  private static Draft grpc(Dice dice) {
    Draft draft = new Draft();
    draft.method = dice.of("POST", "POST", "GET");
    draft.header("content-length", "0");
    return dice.chance(0.1)
        ? draft
        : draft.header(
            "content-type",
            dice.of(
                "application/grpc",
                "application/grpc",
                "application/grpc+proto",
                "application/grpc-web",
                "Application/grpc"));
  }

  private static Draft head(Dice dice) {
    Draft draft = new Draft();
    draft.method = "HEAD";
    return draft;
  }

  private static String upgrading(Dice dice) {
    if (dice.chance(0.3)) {
      return json("'direct_response': {'status': 201}");
    }
    String enabled = dice.of("", json(", 'enabled': false"), json(", 'enabled': true"));
    String configs =
        json(
            ", 'upgrade_configs': [{'upgrade_type': '%s'%s}]",
            dice.of("websocket", "WEBSOCKET", "other"), enabled);
    return json("'route': {'cluster': 'c1'%s}", dice.chance(0.6) ? configs : "");
  }

  private static Draft many(Dice dice) {
    Draft draft = new Draft();
    for (int i = dice.of(0, 5, 20, 31, 50, 120); i > 0; i--) {
      draft.header("x-" + i, "1");
    }
    return draft;
  }

  private static Draft upgrade(Dice dice) {
    Draft draft = new Draft();
    if (dice.chance(0.9)) {
      draft.header("upgrade", dice.of("websocket", "websocket", "WebSocket", "other", "h2c"));
    }
    if (dice.chance(0.9)) {
      draft.header(
          "connection", dice.of("upgrade", "Upgrade", "keep-alive, Upgrade", "keep-alive"));
    }
    return draft;
  }
}
