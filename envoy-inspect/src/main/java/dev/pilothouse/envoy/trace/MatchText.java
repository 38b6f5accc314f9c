package dev.pilothouse.envoy.trace;

import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import java.util.ArrayList;
import java.util.List;

/** A route's match for people. */
final class MatchText {
  private MatchText() {}

  static String of(RouteMatch match) {
    List<String> parts = new ArrayList<>();
    parts.add(
        switch (match.getPathSpecifierCase()) {
          case PREFIX -> "prefix " + match.getPrefix();
          case PATH -> "path " + match.getPath();
          case SAFE_REGEX -> "regex " + match.getSafeRegex().getRegex();
          case PATH_SEPARATED_PREFIX -> "path " + match.getPathSeparatedPrefix() + " and below";
          case CONNECT_MATCHER -> "CONNECT";
          case PATH_MATCH_POLICY -> match.getPathMatchPolicy().getName();
          case PATHSPECIFIER_NOT_SET -> "an unknown path";
        });
    match.getHeadersList().forEach(header -> parts.add("header " + header.getName()));
    match
        .getQueryParametersList()
        .forEach(query -> parts.add("query parameter " + query.getName()));
    if (match.hasGrpc()) {
      parts.add("gRPC");
    }
    if (match.hasTlsContext()) {
      parts.add("TLS certificate");
    }
    match.getDynamicMetadataList().forEach(data -> parts.add("metadata " + data.getFilter()));
    match.getFilterStateList().forEach(state -> parts.add("filter state " + state.getKey()));
    if (match.hasRuntimeFraction()) {
      double share =
          (double) match.getRuntimeFraction().getDefaultValue().getNumerator()
              / RuntimeSettings.of(match.getRuntimeFraction().getDefaultValue());
      parts.add("in " + Choice.percent(share) + " of requests");
    }
    return String.join(", ", parts);
  }
}
