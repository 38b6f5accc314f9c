package dev.pilothouse.envoy.lint;

import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.RouteMatch.PathSpecifierCase;
import java.util.Locale;

/**
 * The paths that a route matches. Envoy compares the path without its query; a regular expression
 * has to match the whole of it, and always minds the case.
 */
final class MatchedPath {
  private static final String ANYTHING = ".*";

  private final RouteMatch match;
  private final PathSpecifierCase kind;
  private final boolean anyCase;

  MatchedPath(RouteMatch match) {
    this.match = match;
    this.kind = match.getPathSpecifierCase();
    this.anyCase = match.hasCaseSensitive() && !match.getCaseSensitive().getValue();
  }

  /** Whether it certainly matches every path that the other matches. */
  boolean takesAllOf(MatchedPath other) {
    if (isSameAs(other)) {
      return true;
    }
    return switch (kind) {
      case PREFIX ->
          (match.getPrefix().isEmpty() && other.hasPath())
              || other.alwaysBeginsWith(match.getPrefix(), anyCase);
      case PATH_SEPARATED_PREFIX -> takesSeparated(other);
      case PATH ->
          other.kind == PathSpecifierCase.PATH
              && isCovered(other)
              && same(match.getPath(), other.match.getPath());
      case SAFE_REGEX -> match.getSafeRegex().getRegex().equals(ANYTHING) && other.hasPath();
      case CONNECT_MATCHER, PATH_MATCH_POLICY, PATHSPECIFIER_NOT_SET -> false;
    };
  }

  private boolean isSameAs(MatchedPath other) {
    RouteMatch mine = pathOf(match);
    return kind != PathSpecifierCase.PATHSPECIFIER_NOT_SET
        && mine.equals(pathOf(other.match))
        && (anyCase == other.anyCase || kind == PathSpecifierCase.SAFE_REGEX);
  }

  /** A CONNECT request may have no path at all. */
  private boolean hasPath() {
    return kind != PathSpecifierCase.CONNECT_MATCHER
        && kind != PathSpecifierCase.PATHSPECIFIER_NOT_SET;
  }

  private boolean takesSeparated(MatchedPath other) {
    String prefix = match.getPathSeparatedPrefix();
    boolean itself =
        switch (other.kind) {
          case PATH -> isCovered(other) && same(prefix, other.match.getPath());
          case PATH_SEPARATED_PREFIX ->
              isCovered(other) && same(prefix, other.match.getPathSeparatedPrefix());
          default -> false;
        };
    return itself || other.alwaysBeginsWith(prefix + "/", anyCase);
  }

  /** Whether every path that it matches begins so, letters in any case if need be. */
  private boolean alwaysBeginsWith(String start, boolean inAnyCase) {
    String own =
        switch (kind) {
          case PREFIX -> match.getPrefix();
          case PATH -> match.getPath();
          // It may end right behind the prefix.
          case PATH_SEPARATED_PREFIX -> match.getPathSeparatedPrefix();
          case SAFE_REGEX -> literalStart(match.getSafeRegex().getRegex());
          case CONNECT_MATCHER, PATH_MATCH_POLICY, PATHSPECIFIER_NOT_SET -> "";
        };
    boolean ownInAnyCase = anyCase && kind != PathSpecifierCase.SAFE_REGEX;
    if (own.isEmpty() || (ownInAnyCase && !inAnyCase && hasLetters(start))) {
      return false;
    }
    return inAnyCase ? lower(own).startsWith(lower(start)) : own.startsWith(start);
  }

  /** Whether this minds the case no more than the other. */
  private boolean isCovered(MatchedPath other) {
    return anyCase || !other.anyCase;
  }

  private boolean same(String mine, String other) {
    return anyCase ? mine.equalsIgnoreCase(other) : mine.equals(other);
  }

  /** The characters that every text begins with that the expression matches. */
  private static String literalStart(String regex) {
    if (regex.indexOf('|') >= 0) {
      return "";
    }
    StringBuilder start = new StringBuilder();
    for (int i = 0; i < regex.length(); i++) {
      char c = regex.charAt(i);
      if ("*?{".indexOf(c) >= 0) {
        // The character before may be absent.
        start.setLength(Math.max(0, start.length() - 1));
        return start.toString();
      }
      if ("\\.+[](){}^$".indexOf(c) >= 0) {
        return start.toString();
      }
      start.append(c);
    }
    return start.toString();
  }

  private static RouteMatch pathOf(RouteMatch match) {
    RouteMatch.Builder path = RouteMatch.newBuilder();
    switch (match.getPathSpecifierCase()) {
      case PREFIX -> path.setPrefix(match.getPrefix());
      case PATH -> path.setPath(match.getPath());
      case SAFE_REGEX -> path.getSafeRegexBuilder().setRegex(match.getSafeRegex().getRegex());
      case PATH_SEPARATED_PREFIX -> path.setPathSeparatedPrefix(match.getPathSeparatedPrefix());
      case CONNECT_MATCHER -> path.setConnectMatcher(match.getConnectMatcher());
      case PATH_MATCH_POLICY -> path.setPathMatchPolicy(match.getPathMatchPolicy());
      case PATHSPECIFIER_NOT_SET -> {}
    }
    return path.build();
  }

  private static boolean hasLetters(String text) {
    return !text.equals(lower(text)) || !text.equals(text.toUpperCase(Locale.ROOT));
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
