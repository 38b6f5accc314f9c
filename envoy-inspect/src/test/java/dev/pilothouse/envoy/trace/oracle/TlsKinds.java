package dev.pilothouse.envoy.trace.oracle;

import static dev.pilothouse.envoy.trace.oracle.Json.json;

import dev.pilothouse.envoy.trace.Connection;
import dev.pilothouse.envoy.trace.Connection.ClientCertificate;
import dev.pilothouse.envoy.trace.HttpRequest;
import java.util.ArrayList;
import java.util.List;

/** TLS that ends at Envoy: certificates of clients, and chains by what a handshake says. */
final class TlsKinds {
  private static final String INSPECTOR =
      """
      , {'name': 'envoy.filters.listener.tls_inspector', 'typed_config': {
        '@type': 'type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector'}}""";

  private TlsKinds() {}

  static List<Kind> all() {
    return List.of(new Certificates(), new Handshakes());
  }

  private static String chain(String name, String match, String socket, String table) {
    return json(
        "{'name': '%s', 'filter_chain_match': %s, 'filters': [%s], %s}",
        name, match, Json.manager(table, ""), socket);
  }

  /** Routes that ask for a client's certificate, behind chains that may want one. */
  private record Certificates() implements Kind {
    @Override
    public String name() {
      return "TLS context, terminated";
    }

    private static String context(Dice dice) {
      String trusted = "'trusted_ca': {'inline_string': '@TRUSTED@'}";
      String common =
          dice.of(
              "",
              ", 'validation_context': {" + trusted + "}",
              ", 'validation_context': {" + trusted + "}",
              ", 'validation_context': {"
                  + trusted
                  + ", 'trust_chain_verification': 'ACCEPT_UNTRUSTED'}",
              ", 'validation_context': {'trust_chain_verification': 'ACCEPT_UNTRUSTED'}");
      return TestTls.socket(common, dice.chance(0.3) ? ", 'require_client_certificate': true" : "");
    }

    @Override
    public Scenario scenario(Dice dice, int count) {
      List<Piece> pieces = new ArrayList<>();
      List<String> routes = new ArrayList<>();
      for (int i = 2 + dice.below(4); i >= 0; i--) {
        Piece piece = MoreRouteKinds.tls(dice);
        routes.add(Json.route("r" + pieces.size(), piece.match()));
        pieces.add(piece);
      }
      List<Pair> pairs = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        int target = dice.below(pieces.size());
        Draft draft = new Draft();
        draft.scheme = "https";
        draft.protocol = dice.of(HttpRequest.Protocol.values());
        pieces.get(target).satisfy().accept(draft);
        boolean spoiled = dice.chance(RouteKind.SPOILED);
        if (spoiled) {
          dice.of(pieces.get(target).spoil()).accept(draft);
        }
        Connection connection =
            RouteKind.connection()
                .tls(dice.of("oracle", ""))
                .certificate(
                    dice.of(
                        ClientCertificate.NONE,
                        ClientCertificate.VALID,
                        ClientCertificate.INVALID));
        pairs.add(new Pair(connection, draft.request(), "r" + target, spoiled));
      }
      return new Scenario(
          name(),
          json("'filter_chains': [%s]", chain("only", "{}", context(dice), Json.table(routes))),
          INSPECTOR.replace('\'', '"'),
          List.of(),
          pairs);
    }
  }

  /** Chains with and without TLS, by server name and protocols. */
  private record Handshakes() implements Kind {
    private static final List<String> NAMES =
        List.of("foo.bar", "*.foo.bar", "*.bar", "a.foo.bar", "other.io");

    @Override
    public String name() {
      return "SNI and ALPN, terminated";
    }

    @Override
    public Scenario scenario(Dice dice, int count) {
      List<String> chains = new ArrayList<>();
      List<String> names = dice.some(NAMES, 3);
      for (String name : names) {
        String protocols = dice.of("", json(", 'application_protocols': ['h2']"));
        String own = "f" + chains.size();
        chains.add(
            chain(
                own,
                json("{'server_names': ['%s']%s}", name, protocols),
                TestTls.socket(dice.of("", ", 'alpn_protocols': ['h2', 'http/1.1']"), ""),
                Json.table(List.of(Json.route("of-" + own, json("{'prefix': '/'}"))))));
      }
      if (dice.chance(0.5)) {
        chains.add(
            chain(
                "rest",
                "{}",
                dice.chance(0.5) ? TestTls.socket("", "") : json("'metadata': {}"),
                Json.table(List.of(Json.route("of-rest", json("{'prefix': '/'}"))))));
      }
      List<Pair> pairs = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        int target = dice.below(names.size());
        String asked = names.get(target).replace("*", dice.of("x", "a", "a.b"));
        boolean spoiled = dice.chance(RouteKind.SPOILED);
        if (spoiled) {
          asked =
              dice.of(
                  "x" + asked,
                  asked + "x",
                  asked.replaceFirst("^[^.]*\\.", ""),
                  dice.anyCase(asked),
                  "",
                  dice.of(NAMES).replace("*", "y"));
        }
        Draft draft = new Draft();
        boolean second = dice.chance(0.5);
        draft.protocol = second ? HttpRequest.Protocol.HTTP_2 : HttpRequest.Protocol.HTTP_1_1;
        draft.scheme = "https";
        Connection connection =
            RouteKind.connection()
                .tls(
                    asked,
                    second
                        ? new String[] {"h2", "http/1.1"}
                        : dice.of(new String[0], new String[] {"http/1.1"}));
        if (dice.chance(0.1)) {
          connection = RouteKind.connection();
          draft.scheme = "http";
        }
        pairs.add(new Pair(connection, draft.request(), "of-f" + target, spoiled));
      }
      return new Scenario(
          name(),
          json("'filter_chains': %s", Json.list(chains)),
          INSPECTOR.replace('\'', '"'),
          List.of(),
          pairs);
    }
  }
}
