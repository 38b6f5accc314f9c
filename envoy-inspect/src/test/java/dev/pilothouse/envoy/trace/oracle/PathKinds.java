package dev.pilothouse.envoy.trace.oracle;

import static dev.pilothouse.envoy.trace.oracle.Json.json;
import static dev.pilothouse.envoy.trace.oracle.Json.quote;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Kinds of conditions on the path, and what is done to the path before. */
final class PathKinds {
  private record Sample(String pattern, List<String> matching) {}

  private static final List<Sample> REGEXES =
      List.of(
          new Sample("/foo/[0-9]+", List.of("/foo/1", "/foo/4711")),
          new Sample("/(foo|bar)/.*", List.of("/foo/", "/bar/x/y")),
          new Sample("/a\\.b", List.of("/a.b")),
          new Sample("/v[12]/x?", List.of("/v1/", "/v2/x")),
          new Sample(".*bar", List.of("/bar", "/foo/foobar")),
          new Sample("/[a-c]{2}", List.of("/ab", "/cc")),
          new Sample("(?i)/foo", List.of("/foo", "/FOO")),
          new Sample("/[^/]+/x", List.of("/foo/x", "/-/x")),
          new Sample("/foo", List.of("/foo")),
          new Sample("foo|/bar", List.of("/bar")),
          new Sample("/\\w+", List.of("/foo_1")));

  private static final List<Sample> TEMPLATES =
      List.of(
          new Sample("/users/{id}", List.of("/users/7", "/users/a.b", "/users/a=b", "/users/*")),
          new Sample("/users/{id}/posts/{post}", List.of("/users/7/posts/8")),
          new Sample("/api/**", List.of("/api/", "/api/x", "/api/x/y", "/api/a=b/*")),
          new Sample("/api/*/x", List.of("/api/foo/x")),
          new Sample("/{country=foo/*}/bar", List.of("/foo/de/bar")),
          new Sample("/media/{rest=**}", List.of("/media/a/b", "/media/", "/media/*=/b")),
          new Sample("/v1/*", List.of("/v1/foo", "/v1/a=b", "/v1/*")),
          new Sample("/f/**.m3u8", List.of("/f/a.m3u8", "/f/a/b.m3u8")),
          new Sample("/x/{id}.json", List.of("/x/1.json")),
          new Sample("/foo", List.of("/foo")));

  private PathKinds() {}

  static List<Kind> all() {
    List<Kind> kinds = new ArrayList<>();
    kinds.add(new RouteKind("prefix", PathKinds::prefix));
    kinds.add(new RouteKind("path", PathKinds::exact));
    kinds.add(new RouteKind("regex", PathKinds::regex));
    kinds.add(new RouteKind("path-separated prefix", PathKinds::separated));
    kinds.add(new RouteKind("URI template", PathKinds::template));
    kinds.add(new RouteKind("path in any case", PathKinds::anyCase));
    kinds.add(new RouteKind("absolute target", PathKinds::absolute));
    kinds.add(new RouteKind("bytes in the path", PathKinds::bytes));
    kinds.add(new RouteKind("blanks in the path", PathKinds::blanks));
    kinds.add(
        new RouteKind(
            "CONNECT",
            PathKinds::connect,
            ", 'upgrade_configs': [{'upgrade_type': 'CONNECT'}]",
            "",
            0));
    kinds.add(new RouteKind("CONNECT, not enabled", PathKinds::connect));
    kinds.add(
        new RouteKind(
            "path parameters ignored",
            PathKinds::parameters,
            "",
            "'ignore_path_parameters_in_path_matching': true, ",
            0));
    kinds.add(
        new RouteKind("normalized path", PathKinds::dotted, ", 'normalize_path': true", "", 0));
    kinds.add(
        new RouteKind("merged slashes", PathKinds::slashes, ", 'merge_slashes': true", "", 0));
    kinds.add(
        new RouteKind(
            "both, unescaped",
            PathKinds::escaped,
            ", 'normalize_path': true, 'merge_slashes': true,"
                + " 'path_with_escaped_slashes_action': 'UNESCAPE_AND_FORWARD'",
            "",
            0));
    for (String action : List.of("REJECT_REQUEST", "UNESCAPE_AND_REDIRECT", "KEEP_UNCHANGED")) {
      kinds.add(
          new RouteKind(
              "escaped slashes, " + action.toLowerCase(java.util.Locale.ROOT).replace('_', ' '),
              PathKinds::escaped,
              ", 'path_with_escaped_slashes_action': '" + action + "'",
              "",
              0));
    }
    return kinds;
  }

  static Piece prefix(Dice dice) {
    String path = dice.path();
    return new Piece(
        json("'prefix': %s", quote(path)),
        "",
        draft -> draft.path = path + dice.of("", "/x", "bar", "?q=1", "/"),
        spoils(dice));
  }

  static Piece exact(Dice dice) {
    String path = dice.path();
    return new Piece(
        json("'path': %s", quote(path)),
        "",
        draft -> draft.path = path + dice.of("", "?a=b", "?"),
        spoils(dice));
  }

  private static Piece separated(Dice dice) {
    String path = dice.path();
    return new Piece(
        json("'path_separated_prefix': %s", quote(path)),
        "",
        draft -> draft.path = path + dice.of("", "/x", "?a", "/", "/?a=b"),
        spoils(dice));
  }

  private static Piece regex(Dice dice) {
    Sample sample = dice.of(REGEXES);
    return new Piece(
        json("'safe_regex': {'regex': %s}", quote(sample.pattern())),
        "",
        draft -> draft.path = dice.of(sample.matching()) + dice.of("", "?a=/foo"),
        spoils(dice));
  }

  private static Piece template(Dice dice) {
    Sample sample = dice.of(TEMPLATES);
    return new Piece(
        json(
            """
            'path_match_policy': {'name': 'envoy.path.match.uri_template.uri_template_matcher',
              'typed_config': {
              '@type': 'type.googleapis.com/envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig',
              'path_template': %s}}""",
            quote(sample.pattern())),
        "",
        draft -> draft.path = dice.of(sample.matching()) + dice.of("", "?a=/foo"),
        spoils(dice));
  }

  private static Piece anyCase(Dice dice) {
    String path = dice.path();
    return new Piece(
        json("'%s': %s", dice.of("prefix", "path", "path_separated_prefix"), quote(path)),
        json("'case_sensitive': false"),
        draft -> draft.path = dice.anyCase(path) + dice.of("", "?A=B"),
        spoils(dice));
  }

  /** The target's host counts, not that of the Host header. */
  private static Piece absolute(Dice dice) {
    String host = dice.of("a.b", "oracle:8080", "[::1]:80");
    String path = dice.path();
    return new Piece(
        json("'prefix': %s", quote(path)),
        json("'headers': [{'name': ':authority', 'string_match': {'exact': '%s'}}]", host),
        draft -> {
          draft.host = dice.of("other", "", host);
          draft.path = "http://" + host + path + dice.of("", "/x", "?q=1");
        },
        List.of(
            draft -> draft.path = "http://" + host,
            draft -> draft.path = "http://" + host + "?q",
            draft -> draft.path = draft.path.replace("://", "://x"),
            draft -> draft.path = draft.path.replace("http://" + host, ""),
            draft -> draft.path = draft.path.replace("://", ":/"),
            draft ->
                draft.path =
                    draft.path.replaceFirst(
                        "//[^/]*", "//" + dice.of("a!b", "a.b:99999", "a.b:", "a:b:1", "a.b:8a")),
            draft -> draft.path = draft.path.replace("http", dice.of("ftp", "x", "ws")),
            draft -> draft.path = "HTTP" + draft.path.substring(4),
            draft -> draft.path = draft.path + "#f",
            draft -> {
              draft.path = "*";
              draft.method = "OPTIONS";
            }));
  }

  private static Piece bytes(Dice dice) {
    Piece piece = prefix(dice);
    return new Piece(
        piece.path(),
        "",
        piece.satisfy(),
        List.of(
            draft -> draft.path = draft.path + dice.of("\u00e9", "\u00ff", "\u0080", "%ff"),
            draft -> draft.path = "/\u00e9" + draft.path,
            draft -> draft.path = draft.path + "?\u00c3\u00a9",
            draft -> draft.path = dice.otherCase(draft.path)));
  }

  private static Piece blanks(Dice dice) {
    Piece piece = prefix(dice);
    return new Piece(
        piece.path(),
        "",
        piece.satisfy(),
        List.of(
            draft -> draft.path = draft.path + dice.of(" x", "\tx", "\u0001", "\u007f", "%20"),
            draft -> draft.path = draft.path.replaceFirst("/", "/ "),
            draft -> draft.path = draft.path + "?a= b",
            draft -> draft.path = draft.path.substring(1),
            draft -> {
              draft.method = dice.of("OPTIONS", "POST", "HEAD");
              draft.path = dice.of("*", "x", "?x");
            },
            draft -> draft.path = dice.otherCase(draft.path)));
  }

  private static Piece connect(Dice dice) {
    if (dice.chance(0.5)) {
      return prefix(dice);
    }
    String name = dice.of("x-a", "x-b");
    return new Piece(
        json("'connect_matcher': {}"),
        json("'headers': [{'name': '%s', 'present_match': true}]", name),
        draft -> {
          draft.method = "CONNECT";
          draft.host = "oracle:443";
          draft.path = "oracle:443";
          draft.header(name, "1");
        },
        List.of(
            draft -> {
              draft.method = "GET";
              draft.path = "/zzz";
            },
            draft -> draft.drop(name)));
  }

  private static Piece parameters(Dice dice) {
    String path = dice.path();
    return new Piece(
        json("'%s': %s", dice.of("prefix", "path", "path_separated_prefix"), quote(path)),
        "",
        draft -> draft.path = path + dice.of("", ";a=b", ";a/b?c", "?c;d", ";"),
        List.of(
            draft -> draft.path = draft.path.replaceFirst("/", "/;"),
            draft -> draft.path = draft.path.replaceFirst("(.)$", ";$1"),
            draft -> draft.path = draft.path.replace(";", "x;"),
            draft -> draft.path = "/x/..;y" + draft.path,
            draft -> draft.path = draft.path.replaceFirst("/", "/;a=b/"),
            draft -> draft.path = dice.otherCase(draft.path)));
  }

  private static Piece dotted(Dice dice) {
    String path = dice.path();
    return new Piece(
        json("'%s': %s", dice.of("prefix", "path"), quote(path)),
        "",
        draft ->
            draft.path =
                dice.of("", "/.", "/x/..", "/%2e", "/x/%2E.", "/x/y/../..")
                    + path.replace("/", dice.of("/", "/", "/./", "\\"))
                        .replace("o", dice.of("o", "%6F", "%6f"))
                    + dice.of("", "?a=/../b", "/."),
        List.of(
            draft -> draft.path = "/.." + draft.path + "/..",
            draft -> draft.path = draft.path + "/..",
            draft -> draft.path = "/..." + draft.path,
            draft -> draft.path = "/y/..;z" + draft.path,
            draft -> draft.path = "/y/%2e%2E;z" + draft.path,
            draft -> draft.path = "/.;z" + draft.path,
            draft -> draft.path = draft.path + "/..;",
            draft -> draft.path = draft.path.replaceFirst("/", "//"),
            draft -> draft.path = draft.path.replaceFirst("/", "/.%2e."),
            draft -> draft.path = draft.path.replaceFirst("([a-z])", "%00$1"),
            draft -> draft.path = draft.path.replaceFirst("([a-z])", dice.of("%2F", "%zz", "%")),
            draft -> draft.path = draft.path.replaceFirst("([a-z])", dice.of("%7E", "%41", "%3b")),
            draft ->
                draft.path =
                    draft.path.replaceFirst(
                        "([a-z])", dice.of("%%36f", "%%36%66", "%6%66", "%%41", "%%30%30a")),
            draft ->
                draft.path =
                    draft.path.replaceFirst(
                        "([a-z])", "$1" + dice.of("\"", "<", ">", "^", "`", "{", "|", "}", "[]")),
            draft -> draft.path = draft.path + "?x=%00%61"));
  }

  private static Piece slashes(Dice dice) {
    String path = dice.path();
    return new Piece(
        json("'%s': %s", dice.of("prefix", "path"), quote(path)),
        "",
        draft -> draft.path = path.replace("/", dice.of("/", "//", "///")) + dice.of("", "?a=//b"),
        List.of(
            draft -> draft.path = draft.path + "//",
            draft -> draft.path = draft.path.replaceFirst("/", "/./"),
            draft -> draft.path = "//x" + draft.path,
            draft -> draft.path = draft.path.replaceFirst("/", "/%2f")));
  }

  private static Piece escaped(Dice dice) {
    String path = dice.path();
    return new Piece(
        json("'%s': %s", dice.of("prefix", "path"), quote(path)),
        "",
        draft -> {
          int second = path.indexOf('/', 1);
          draft.path =
              second < 0
                  ? path
                  : path.substring(0, second)
                      + dice.of("/", "%2F", "%2f", "%5c", "//")
                      + path.substring(second + 1);
          draft.path += dice.of("", "?a=%2f");
        },
        List.of(
            draft -> draft.path = draft.path + "%2f..",
            draft -> draft.path = "/%2F" + draft.path.substring(1),
            draft -> draft.path = draft.path + "%5Cx",
            draft -> draft.path = "/x%2f" + draft.path.substring(1),
            draft -> draft.path = draft.path.replaceFirst("([a-zA-Z])", "%2f$1x"),
            draft -> draft.path = draft.path.replaceFirst("/([^/?]+)", "/$1%2F.."),
            draft -> draft.path = dice.otherCase(draft.path),
            draft -> draft.path = dice.otherCase(draft.path)));
  }

  static List<Consumer<Draft>> spoils(Dice dice) {
    return List.of(
        draft -> draft.path = dice.otherCase(draft.path),
        draft -> draft.path = draft.path.length() > 2 ? dice.shorter(draft.path) : "/q",
        draft -> draft.path = "/x" + draft.path,
        draft -> draft.path = draft.path + dice.of("x", "/", "/y", "-"),
        draft -> draft.path = draft.path.replaceFirst("(/[^/?]+)", "$1bar"),
        draft -> draft.path = draft.path.replaceFirst("/([^/?])", "/x$1"));
  }
}
