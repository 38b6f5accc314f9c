package dev.pilothouse.envoy.trace.oracle;

import static dev.pilothouse.envoy.trace.oracle.Json.json;
import static dev.pilothouse.envoy.trace.oracle.Json.quote;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;

/** Kinds of conditions on headers, query parameters and cookies. */
final class HeaderKinds {
  private HeaderKinds() {}

  static List<Kind> all() {
    List<Kind> kinds = new ArrayList<>();
    for (String how : List.of("exact", "prefix", "suffix", "contains", "safe_regex")) {
      Function<Dice, Piece> string = dice -> header(dice, stringMatch(dice, how, false));
      kinds.add(new RouteKind("header " + how.replace("safe_", ""), string));
      Function<Dice, Piece> old = dice -> header(dice, oldMatch(dice, how));
      kinds.add(new RouteKind("header " + how.replace("safe_", "") + ", old form", old));
      if (!how.equals("safe_regex")) {
        Function<Dice, Piece> any = dice -> header(dice, stringMatch(dice, how, true));
        kinds.add(new RouteKind("header " + how + " in any case", any));
      }
    }
    kinds.add(new RouteKind("header range", HeaderKinds::range));
    kinds.add(new RouteKind("header present", HeaderKinds::present));
    kinds.add(new RouteKind("header inverted", HeaderKinds::inverted));
    kinds.add(new RouteKind("header missing is empty", HeaderKinds::missing));
    kinds.add(new RouteKind("header several values", HeaderKinds::several));
    kinds.add(new RouteKind("pseudo header", HeaderKinds::pseudo));
    kinds.add(new RouteKind("query parameter", HeaderKinds::query));
    kinds.add(new RouteKind("query parameter present", HeaderKinds::queryPresent));
    kinds.add(new RouteKind("cookie", HeaderKinds::cookie, "", "", 38));
    kinds.add(new RouteKind("cookie header", HeaderKinds::cookies));
    kinds.add(new RouteKind("header size", HeaderKinds::size));
    kinds.add(new RouteKind("gRPC", HeaderKinds::grpc));
    return kinds;
  }

  private record Form(String matcher, String matching) {}

  private static Form stringMatch(Dice dice, String how, boolean ignoreCase) {
    String value = dice.of("abc", "a", "Foo-1", "a,b", "x y", "10");
    Form form = form(dice, how, value);
    String matching = ignoreCase ? dice.anyCase(form.matching()) : form.matching();
    return new Form(
        json(
            "'string_match': {%s%s}",
            form.matcher(), ignoreCase ? json(", 'ignore_case': true") : ""),
        matching);
  }

  private static Form form(Dice dice, String how, String value) {
    return switch (how) {
      case "exact" -> new Form(json("'exact': %s", quote(value)), value);
      case "prefix" -> new Form(json("'prefix': %s", quote(value)), value + dice.of("", "x", " y"));
      case "suffix" -> new Form(json("'suffix': %s", quote(value)), dice.of("", "x", "y ") + value);
      case "contains" ->
          new Form(
              json("'contains': %s", quote(value)), dice.of("", "x") + value + dice.of("", "y"));
      default -> {
        String regex = dice.of("a[bc]+", ".*x", "(abc|10)", "\\d{2}", "a.c", "[^,]*");
        String matching =
            switch (regex) {
              case "a[bc]+" -> "abc";
              case ".*x" -> "foox";
              case "(abc|10)" -> "10";
              case "\\d{2}" -> "42";
              default -> "abc";
            };
        yield new Form(json("'safe_regex': {'regex': %s}", quote(regex)), matching);
      }
    };
  }

  private static Form oldMatch(Dice dice, String how) {
    Form form = form(dice, how, dice.of("abc", "a", "Foo-1", "a,b", "10"));
    String field = how.equals("safe_regex") ? "safe_regex" : how;
    return new Form(
        form.matcher().replaceFirst("\"" + field + "\"", "\"" + field + "_match\""),
        form.matching());
  }

  private static Piece header(Dice dice, Form form) {
    String name = dice.of("x-a", "X-B", "x-c");
    return new Piece(
        "",
        json("'headers': [{'name': '%s', %s}]", name, form.matcher()),
        draft -> draft.header(name, form.matching()),
        spoils(dice, name));
  }

  private static List<Consumer<Draft>> spoils(Dice dice, String name) {
    return List.of(
        draft -> draft.drop(name),
        draft -> change(draft, name, dice::otherCase),
        draft -> change(draft, name, value -> value + "q"),
        draft -> change(draft, name, value -> "q" + value),
        draft -> change(draft, name, dice::shorter),
        draft -> change(draft, name, value -> ""),
        draft -> change(draft, name, value -> dice.of("zz", "-")),
        draft -> draft.header(name, dice.of("abc", "z", "")),
        draft -> change(draft, name, value -> value.replace("", ".")),
        draft -> change(draft, name, value -> value.substring(Math.min(1, value.length()))),
        draft -> change(draft, name, value -> value.replaceAll("[a-zA-Z0-9]", "_")),
        draft -> change(draft, name, value -> value.replaceFirst("([a-zA-Z0-9])$", "_$1")));
  }

  private static void change(Draft draft, String name, Function<String, String> how) {
    String key = name.toLowerCase(Locale.ROOT);
    String value =
        draft.headers.stream()
            .filter(header -> header.name().equals(key))
            .map(header -> header.value())
            .findFirst()
            .orElse("");
    draft.drop(name).header(name, how.apply(value));
  }

  private static Piece range(Dice dice) {
    int start = dice.of(-5, 0, 10, 100);
    int end = start + dice.of(1, 5, 1000);
    String inverted = dice.chance(0.2) ? json(", 'invert_match': true") : "";
    return new Piece(
        "",
        json(
            "'headers': [{'name': 'x-n', 'range_match': {'start': %d, 'end': %d}%s}]",
            start, end, inverted),
        draft ->
            draft.header(
                "x-n",
                dice.of("", "+", "0")
                        .replace("+", start < 0 ? "" : "+")
                        .replace("0", start < 0 ? "" : "0")
                    + (start + dice.below(end - start))),
        List.of(
            draft -> draft.drop("x-n"),
            draft -> draft.drop("x-n").header("x-n", "" + end),
            draft -> draft.drop("x-n").header("x-n", "" + (start - 1)),
            draft -> draft.drop("x-n").header("x-n", start + dice.of(".0", "x", " 1", ",", "e0")),
            draft ->
                draft
                    .drop("x-n")
                    .header("x-n", dice.of("", "-", "+", "99999999999999999999", "0x1")),
            draft -> draft.header("x-n", "" + start)));
  }

  private static Piece present(Dice dice) {
    String name = dice.of("x-a", "x-b", "x-c");
    boolean present = dice.chance(0.7);
    boolean invert = dice.chance(0.3);
    boolean bare = present && dice.chance(0.2);
    String empty = dice.chance(0.2) ? json(", 'treat_missing_header_as_empty': true") : "";
    return new Piece(
        "",
        json(
            "'headers': [{'name': '%s'%s%s%s}]",
            name,
            bare ? "" : json(", 'present_match': %s", present),
            invert ? json(", 'invert_match': true") : "",
            empty),
        draft -> {
          if (present != invert) {
            draft.header(name, dice.of("", "1"));
          }
        },
        List.of(
            draft -> draft.drop(name),
            draft -> draft.drop(name).header(name, dice.of("", "x")),
            draft -> draft.drop(name).header(name + "x", "")));
  }

  private static Piece inverted(Dice dice) {
    String how = dice.of("exact", "prefix", "suffix", "contains", "safe_regex");
    Form form = stringMatch(dice, how, false);
    String name = dice.of("x-a", "x-b", "x-c");
    return new Piece(
        "",
        json("'headers': [{'name': '%s', %s, 'invert_match': true}]", name, form.matcher()),
        draft -> draft.header(name, dice.of("zzz", "")),
        List.of(
            draft -> draft.drop(name),
            draft -> draft.drop(name).header(name, form.matching()),
            draft -> draft.drop(name).header(name, form.matching()),
            draft -> draft.drop(name).header(name, form.matching() + ","),
            draft -> draft.header(name, form.matching())));
  }

  private static Piece missing(Dice dice) {
    String name = dice.of("x-a", "x-b", "x-c");
    boolean invert = dice.chance(0.5);
    String matcher =
        dice.of(
            json("'string_match': {'exact': 'a'}"),
            json("'string_match': {'safe_regex': {'regex': 'a*'}}"),
            json("'string_match': {'prefix': 'a'}"),
            json("'range_match': {'start': 0, 'end': 5}"),
            json("'exact_match': ''"),
            json("'contains_match': 'a'"));
    return new Piece(
        "",
        json(
            "'headers': [{'name': '%s', %s, 'treat_missing_header_as_empty': true%s}]",
            name, matcher, invert ? json(", 'invert_match': true") : ""),
        draft -> {
          if (!invert) {
            draft.header(name, dice.of("a", "1"));
          }
        },
        List.of(
            draft -> draft.drop(name),
            draft -> draft.drop(name).header(name, "a"),
            draft -> draft.drop(name).header(name, dice.of("", "3", "b")),
            draft -> draft.header(name, dice.of("a", ""))));
  }

  private static Piece several(Dice dice) {
    String name = dice.of("x-a", "x-b");
    String how = dice.of("exact", "prefix", "suffix", "contains");
    String value = dice.of("a,b", "a", "b", "a, b", "b,a", "a,");
    boolean invert = dice.chance(0.2);
    return new Piece(
        "",
        json(
            "'headers': [{'name': '%s', 'string_match': {'%s': %s}%s}]",
            name, how, quote(value), invert ? json(", 'invert_match': true") : ""),
        draft -> {
          for (String part : value.split(",", -1)) {
            draft.header(name, part);
          }
        },
        List.of(
            draft -> draft.header(name, dice.of("a", "b", "")),
            draft -> draft.drop(name).header(name, value),
            draft -> draft.drop(name).header(name, "b").header(name, "a"),
            draft -> draft.drop(name).header(name, "a").header("x-z", "q").header(name, "b"),
            draft -> draft.drop(name)));
  }

  private static Piece pseudo(Dice dice) {
    String method = dice.of("GET", "POST", "PUT");
    String host = dice.of("oracle", "Oracle.io:80", "a.b");
    String path = dice.path();
    return switch (dice.below(5)) {
      case 0 ->
          new Piece(
              "",
              json("'headers': [{'name': ':method', 'string_match': {'exact': '%s'}}]", method),
              draft -> draft.method = method,
              List.of(draft -> draft.method = dice.of("DELETE", "get", "PATCH", "POSTX")));
      case 1 ->
          new Piece(
              "",
              json("'headers': [{'name': ':authority', 'string_match': {'exact': '%s'}}]", host),
              draft -> draft.host = host,
              List.of(
                  draft -> draft.host = dice.otherCase(host),
                  draft -> draft.host = host + dice.of(".", ":81"),
                  draft -> draft.host = "x" + host));
      case 2 ->
          new Piece(
              "",
              json(
                  "'headers': [{'name': '%s', 'string_match': {'prefix': '%s'}}]",
                  dice.of("host", "Host"), host),
              draft -> draft.host = host,
              List.of(draft -> draft.host = "x", draft -> draft.host = dice.otherCase(host)));
      case 3 ->
          new Piece(
              "",
              json(
                  "'headers': [{'name': ':path', 'string_match': {'%s': '%s'}}]",
                  dice.of("exact", "suffix"), path),
              draft -> draft.path = path,
              List.of(
                  draft -> draft.path = path + "?a=b",
                  draft -> draft.path = dice.otherCase(path),
                  draft -> draft.path = path + "/"));
      default -> {
        String scheme = dice.of("http", "https");
        String header = dice.of(":scheme", "x-forwarded-proto");
        yield new Piece(
            "",
            json("'headers': [{'name': '%s', 'string_match': {'exact': '%s'}}]", header, scheme),
            draft -> draft.header("x-forwarded-proto", scheme),
            List.of(
                draft -> draft.drop("x-forwarded-proto"),
                draft ->
                    draft
                        .drop("x-forwarded-proto")
                        .header("x-forwarded-proto", dice.of("http", "https")),
                draft ->
                    draft
                        .drop("x-forwarded-proto")
                        .header("x-forwarded-proto", dice.of("ftp", "HTTPS", ""))));
      }
    };
  }

  private static Piece query(Dice dice) {
    String name = dice.of("a", "b", "A", "a%20");
    String how = dice.of("exact", "prefix", "suffix", "contains", "safe_regex");
    boolean ignoreCase = !how.equals("safe_regex") && dice.chance(0.3);
    Form form = form(dice, how, dice.of("abc", "x", "1=2", "a%20b"));
    String matching = form.matching().replace(" ", "+").replace("a%20b", "a%20b");
    return new Piece(
        "",
        json(
            "'query_parameters': [{'name': '%s', 'string_match': {%s%s}}]",
            name, form.matcher(), ignoreCase ? json(", 'ignore_case': true") : ""),
        draft -> draft.path = "/p?" + dice.of("", "z=1&", "&") + name + "=" + matching,
        List.of(
            draft -> draft.path = "/p",
            draft -> draft.path = draft.path + dice.of("q", "&x=y", "=", "%20"),
            draft -> draft.path = draft.path.replace("?", "?" + name + "=other&"),
            draft -> draft.path = draft.path + "&" + name + "=other",
            draft -> draft.path = draft.path.replace("=", ""),
            draft -> draft.path = "/p?" + dice.otherCase(name) + "=" + matching,
            draft -> draft.path = draft.path.replaceFirst("=", "=q"),
            draft -> draft.path = draft.path.replace("%20", "+"),
            draft -> draft.path = draft.path.replaceFirst("/p", "/p?" + name),
            draft -> draft.path = "/p?" + name + "=" + dice.otherCase(matching)));
  }

  private static Piece queryPresent(Dice dice) {
    String name = dice.of("a", "b", "cc");
    String present = dice.of("", json(", 'present_match': true"), json(", 'present_match': false"));
    return new Piece(
        "",
        json("'query_parameters': [{'name': '%s'%s}]", name, present),
        draft -> draft.path = "/p?" + dice.of("", "z=1&") + name + dice.of("", "=", "=1", "&q"),
        List.of(
            draft -> draft.path = "/p",
            draft -> draft.path = "/p?",
            draft -> draft.path = "/p?" + name + "x=1",
            draft -> draft.path = "/p?z=" + name,
            draft -> draft.path = "/p?" + dice.otherCase(name) + "=1"));
  }

  private static Piece cookie(Dice dice) {
    String name = dice.of("a", "b");
    String how = dice.of("exact", "prefix", "suffix", "contains");
    String value = dice.of("abc", "x", "1");
    boolean invert = dice.chance(0.3);
    return new Piece(
        "",
        json(
            "'cookies': [{'name': '%s', 'string_match': {'%s': '%s'}%s}]",
            name, how, value, invert ? json(", 'invert_match': true") : ""),
        draft -> {
          if (!invert) {
            draft.header("cookie", dice.of("", "z=1; ", "zz=2;") + name + "=" + value);
          } else if (dice.chance(0.5)) {
            draft.header("cookie", "z=1");
          }
        },
        List.of(
            draft -> draft.drop("cookie"),
            draft -> draft.drop("cookie").header("cookie", name + "=" + value),
            draft -> draft.drop("cookie").header("cookie", name + "=q" + value + "q"),
            draft -> draft.drop("cookie").header("cookie", name + "x=" + value),
            draft -> draft.drop("cookie").header("cookie", name + "=\"" + value + "\""),
            draft -> draft.drop("cookie").header("cookie", " " + name + " = " + value + " ;z"),
            draft -> draft.header("cookie", name + "=other"),
            draft ->
                draft
                    .drop("cookie")
                    .header("cookie", "z=1;" + name + "=" + value)
                    .header("cookie", name + "=second"),
            draft -> draft.drop("cookie").header("cookie", dice.otherCase(name) + "=" + value)));
  }

  /** Cookies as one header or several. */
  private static Piece cookies(Dice dice) {
    String how = dice.of("exact", "prefix", "suffix", "contains");
    String value = dice.of("a=1; b=2", "a=1", "b=2", "a=1,b=2");
    return new Piece(
        "",
        json("'headers': [{'name': 'cookie', 'string_match': {'%s': '%s'}}]", how, value),
        draft -> draft.header("cookie", value),
        List.of(
            draft -> draft.header("cookie", "z=3"),
            draft -> draft.drop("cookie").header("cookie", "a=1").header("cookie", "b=2"),
            draft -> draft.drop("cookie").header("cookie", "b=2").header("cookie", "a=1"),
            draft -> draft.drop("cookie").header("cookie", "a=1;b=2"),
            draft -> draft.drop("cookie")));
  }

  private static Piece size(Dice dice) {
    Piece piece = PathKinds.prefix(dice);
    return new Piece(
        piece.path(),
        "",
        piece.satisfy(),
        List.of(
            draft -> draft.header("x-big", "a".repeat(60 * 1024)),
            draft -> draft.header("x-big", "a".repeat(59 * 1024)).path = "/q",
            draft -> {
              for (int i = 0; i < 60; i++) {
                draft.header("x-" + i, "a".repeat(1100));
              }
            },
            draft -> draft.path = dice.otherCase(draft.path)));
  }

  private static Piece grpc(Dice dice) {
    Piece path = PathKinds.prefix(dice);
    return new Piece(
        path.path(),
        json("'grpc': {}"),
        draft -> {
          path.satisfy().accept(draft);
          draft.method = "POST";
          draft.header("content-type", dice.of("application/grpc", "application/grpc+proto"));
          draft.header("content-length", "0");
        },
        List.of(
            draft -> draft.drop("content-type"),
            draft ->
                draft
                    .drop("content-type")
                    .header(
                        "content-type",
                        dice.of(
                            "application/grpc-web",
                            "application/grpcx",
                            "Application/grpc",
                            "application/json",
                            "application/grpc;x",
                            "text/application/grpc"))));
  }
}
