package dev.pilothouse.envoy.trace;

import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig;
import java.util.Optional;
import java.util.function.Predicate;

/** A condition on the path. */
final class PathMatch implements Condition {
  private final Predicate<String> test;
  private final String wanted;
  private final PathParameters parameters;

  private PathMatch(Predicate<String> test, String wanted, PathParameters parameters) {
    this.test = test;
    this.wanted = wanted;
    this.parameters = parameters;
  }

  /**
   * Compiles the path's part of a route's match.
   *
   * @param parameters what becomes of parameters behind semicolons
   * @param stars whether stars of a template stand for stars too
   */
  static Condition of(RouteMatch match, PathParameters parameters, boolean stars) {
    boolean anyCase = match.hasCaseSensitive() && !match.getCaseSensitive().getValue();
    return switch (match.getPathSpecifierCase()) {
      case PREFIX -> text(TextMatch.prefix(match.getPrefix(), anyCase), parameters);
      case PATH -> text(TextMatch.exact(match.getPath(), anyCase), parameters);
      case SAFE_REGEX -> {
        TextMatch text = TextMatch.regex(match.getSafeRegex());
        yield text.unknown()
            ? Condition.unknown("the path " + text.wanted())
            : text(text, parameters);
      }
      case PATH_SEPARATED_PREFIX -> separated(match.getPathSeparatedPrefix(), anyCase, parameters);
      case PATH_MATCH_POLICY -> template(match, stars);
      case CONNECT_MATCHER -> CONNECT;
      case PATHSPECIFIER_NOT_SET -> Condition.unknown("the path is matched in an unknown way");
    };
  }

  private static PathMatch text(TextMatch text, PathParameters parameters) {
    return new PathMatch(path -> text.test(path) == Verdict.YES, text.wanted(), parameters);
  }

  private static PathMatch separated(String prefix, boolean anyCase, PathParameters parameters) {
    TextMatch text = TextMatch.prefix(prefix, anyCase);
    return new PathMatch(
        path ->
            text.test(path) == Verdict.YES
                && (path.length() == prefix.length() || path.charAt(prefix.length()) == '/'),
        "is neither '" + prefix + "' nor below it" + (anyCase ? " in any case" : ""),
        parameters);
  }

  private static Condition template(RouteMatch match, boolean stars) {
    String name = match.getPathMatchPolicy().getName();
    try {
      if (match.getPathMatchPolicy().getTypedConfig().is(UriTemplateMatchConfig.class)) {
        String template =
            match
                .getPathMatchPolicy()
                .getTypedConfig()
                .unpack(UriTemplateMatchConfig.class)
                .getPathTemplate();
        Optional<UriTemplate> read = UriTemplate.parse(template);
        if (read.isPresent()) {
          return new PathMatch(
              read.get()::matches,
              "does not match the template '" + template + "'",
              stars ? PathParameters.KEPT : PathParameters.KEPT_WITHOUT_STARS);
        }
        return Condition.unknown("the path is matched by the unreadable template " + template);
      }
    } catch (InvalidProtocolBufferException e) {
      return Condition.unknown("the path is matched by an unreadable " + name);
    }
    return Condition.unknown("the path is matched by " + name + ", which is unknown here");
  }

  private static final Condition CONNECT =
      new Condition() {
        @Override
        public Verdict test(Facts facts) {
          return Verdict.of(facts.connect());
        }

        @Override
        public String reason(Facts facts) {
          return "the method is " + facts.method() + ", not CONNECT";
        }
      };

  @Override
  public Verdict test(Facts facts) {
    // A CONNECT has no path, and only routes for CONNECT take it.
    if (facts.connect()) {
      return Verdict.NO;
    }
    String path = parameters.matched(facts);
    return path == null ? Verdict.UNKNOWN : Verdict.of(test.test(path));
  }

  @Override
  public String reason(Facts facts) {
    if (facts.connect()) {
      return "the request is a CONNECT, which has no path";
    }
    String path = parameters.matched(facts);
    return path == null
        ? "what Envoy makes of the path " + facts.path() + " depends on its release and its runtime"
        : "the path '" + path + "' " + wanted;
  }
}
