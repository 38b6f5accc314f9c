package dev.pilothouse.envoy.assertj;

import io.envoyproxy.envoy.config.route.v3.RouteMatch;

/** Judges paths by a route's match. The query does not count. */
final class PathJudge {
  private PathJudge() {}

  static Judgement judge(RouteMatch match, String path) {
    boolean any = match.hasCaseSensitive() && !match.getCaseSensitive().getValue();
    return switch (match.getPathSpecifierCase()) {
      case PREFIX ->
          Judgement.of(
              path.regionMatches(any, 0, match.getPrefix(), 0, match.getPrefix().length()),
              "the path does not begin with \"%s\"".formatted(match.getPrefix()));
      case PATH ->
          Judgement.of(
              any ? path.equalsIgnoreCase(match.getPath()) : path.equals(match.getPath()),
              "the path is not \"%s\"".formatted(match.getPath()));
      case PATH_SEPARATED_PREFIX -> separated(match.getPathSeparatedPrefix(), path, any);
      case SAFE_REGEX -> {
        Judgement regex = TextJudge.regex(match.getSafeRegex().getRegex(), path);
        yield new Judgement(
            regex.verdict(), regex.reason().isEmpty() ? "" : "the path " + regex.reason());
      }
      case CONNECT_MATCHER -> Judgement.no("it takes CONNECT alone");
      case PATH_MATCH_POLICY -> Judgement.undecided("an extension judges the path");
      case PATHSPECIFIER_NOT_SET -> Judgement.undecided("nothing is known of its path match");
    };
  }

  private static Judgement separated(String prefix, String path, boolean any) {
    boolean begins = path.regionMatches(any, 0, prefix, 0, prefix.length());
    boolean ends = path.length() == prefix.length() || path.startsWith("/", prefix.length());
    return Judgement.of(
        begins && ends, "the path is not \"%s\" and not below it".formatted(prefix));
  }
}
