package dev.pilothouse.envoy.assertj;

import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.QueryParameterMatcher;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Judges whether a route takes a request, by what a virtual host knows of both. The connection, and
 * what the HTTP connection manager does to a request before it is routed, are not known here; where
 * they could matter the judgement is undecided.
 */
final class RouteJudge {
  /** What an HTTP connection manager may change in a path, or refuse. */
  private static final Pattern CHANGEABLE = Pattern.compile("//|/\\.|[%\\\\#;]|[^\\x21-\\x7e]");

  private final RouteRequest request;
  private final String path;

  RouteJudge(RouteRequest request) {
    this.request = request;
    int query = request.path().indexOf('?');
    this.path = query < 0 ? request.path() : request.path().substring(0, query);
  }

  /** Why no route can be judged for this request; empty if they can. */
  String obstacle() {
    if (CHANGEABLE.matcher(request.path()).find()) {
      return "an HTTP connection manager may change the path " + request.path();
    }
    return request.method().equals("CONNECT") ? "CONNECT is another story" : "";
  }

  Judgement judge(RouteMatch match) {
    Judgement judgement = PathJudge.judge(match, path);
    for (HeaderMatcher header : match.getHeadersList()) {
      judgement = judgement.and(HeaderJudge.judge(header, request));
    }
    for (QueryParameterMatcher parameter : match.getQueryParametersList()) {
      judgement = judgement.and(judge(parameter));
    }
    if (match.hasGrpc()) {
      judgement = judgement.and(Judgement.undecided("it takes gRPC alone"));
    }
    if (match.hasRuntimeFraction()) {
      judgement = judgement.and(Judgement.undecided("it takes a share of the requests, by chance"));
    }
    if (match.hasTlsContext()) {
      judgement = judgement.and(Judgement.undecided("it depends on the connection's TLS"));
    }
    if (match.getDynamicMetadataCount() > 0 || match.getFilterStateCount() > 0) {
      judgement = judgement.and(Judgement.undecided("it depends on what filters leave behind"));
    }
    return judgement;
  }

  private Judgement judge(QueryParameterMatcher matcher) {
    String value = parameter(matcher.getName());
    String name = "the query parameter " + matcher.getName();
    return switch (matcher.getQueryParameterMatchSpecifierCase()) {
      case STRING_MATCH -> {
        if (value == null) {
          yield Judgement.no(name + " is not there");
        }
        Judgement text = TextJudge.judge(matcher.getStringMatch(), value);
        yield new Judgement(
            text.verdict(), text.reason().isEmpty() ? "" : name + " " + text.reason());
      }
      case PRESENT_MATCH ->
          matcher.getPresentMatch()
              ? Judgement.of(value != null, name + " is not there")
              : Judgement.undecided(name + " has a present_match of false");
      case QUERYPARAMETERMATCHSPECIFIER_NOT_SET ->
          Judgement.of(value != null, name + " is not there");
    };
  }

  /** The first of that name, as it is on the wire. */
  private @Nullable String parameter(String name) {
    int query = request.path().indexOf('?');
    if (query >= 0) {
      for (String part : request.path().substring(query + 1).split("&", -1)) {
        int equals = part.indexOf('=');
        if ((equals < 0 ? part : part.substring(0, equals)).equals(name)) {
          return equals < 0 ? "" : part.substring(equals + 1);
        }
      }
    }
    return null;
  }
}
