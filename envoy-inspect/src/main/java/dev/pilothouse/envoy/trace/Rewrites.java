package dev.pilothouse.envoy.trace;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.envoyproxy.envoy.config.route.v3.RedirectAction;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig;
import io.envoyproxy.envoy.extensions.path.rewrite.uri_template.v3.UriTemplateRewriteConfig;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatchAndSubstitute;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What a route makes of host and path. Each is a function of the path or of the request. */
final class Rewrites {
  private Rewrites() {}

  /** A function of the path with its query. */
  static UnaryOperator<String> path(RouteMatch match, RouteAction action) {
    if (!action.getPrefixRewrite().isEmpty()) {
      return prefix(match, action.getPrefixRewrite());
    }
    if (action.hasRegexRewrite()) {
      return regex(action.getRegexRewrite());
    }
    return action.hasPathRewritePolicy() ? template(match, action) : path -> path;
  }

  static UnaryOperator<String> path(RouteMatch match, RedirectAction action) {
    if (!action.getPrefixRewrite().isEmpty()) {
      return prefix(match, action.getPrefixRewrite());
    }
    return action.hasRegexRewrite() ? regex(action.getRegexRewrite()) : path -> path;
  }

  private static UnaryOperator<String> prefix(RouteMatch match, String rewrite) {
    int matched =
        switch (match.getPathSpecifierCase()) {
          case PREFIX -> match.getPrefix().length();
          case PATH -> match.getPath().length();
          case PATH_SEPARATED_PREFIX -> match.getPathSeparatedPrefix().length();
          default -> -1;
        };
    return path ->
        rewrite
            + path.substring(
                Math.min(
                    path.length(), matched >= 0 ? matched : Facts.withoutQuery(path).length()));
  }

  private static UnaryOperator<String> regex(RegexMatchAndSubstitute rewrite) {
    UnaryOperator<String> replace =
        replaceAll(rewrite.getPattern().getRegex(), rewrite.getSubstitution());
    return path -> {
      String bare = Facts.withoutQuery(path);
      return replace.apply(bare) + path.substring(bare.length());
    };
  }

  /** RE2's replacement: no empty match directly behind another match. */
  private static UnaryOperator<String> replaceAll(String regex, String substitution) {
    try {
      Pattern pattern = Pattern.compile(regex);
      return text -> {
        StringBuilder made = new StringBuilder();
        Matcher match = pattern.matcher(text);
        int at = 0;
        int lastEnd = -1;
        while (at <= text.length() && match.find(at)) {
          made.append(text, at, match.start());
          at = match.end();
          if (match.start() == match.end() && match.end() == lastEnd) {
            made.append(text, at, Math.min(text.length(), at + 1));
            at++;
          } else {
            substitute(made, match, substitution);
            lastEnd = at;
          }
        }
        return made.append(text, Math.min(at, text.length()), text.length()).toString();
      };
    } catch (PatternSyntaxException e) {
      return text -> text;
    }
  }

  /** Groups are written with a backslash. */
  private static void substitute(StringBuilder made, Matcher match, String substitution) {
    for (int i = 0; i < substitution.length(); i++) {
      char c = substitution.charAt(i);
      if (c != '\\' || i + 1 == substitution.length()) {
        made.append(c);
        continue;
      }
      char next = substitution.charAt(++i);
      int group = next - '0';
      if (group < 0 || group > 9) {
        made.append(next);
      } else if (group <= match.groupCount() && match.group(group) != null) {
        made.append(match.group(group));
      }
    }
  }

  private static UnaryOperator<String> template(RouteMatch match, RouteAction action) {
    try {
      UriTemplate from =
          UriTemplate.parse(
                  match
                      .getPathMatchPolicy()
                      .getTypedConfig()
                      .unpack(UriTemplateMatchConfig.class)
                      .getPathTemplate())
              .orElseThrow(() -> new InvalidProtocolBufferException("no template"));
      String to =
          action
              .getPathRewritePolicy()
              .getTypedConfig()
              .unpack(UriTemplateRewriteConfig.class)
              .getPathTemplateRewrite();
      return path -> {
        String bare = Facts.withoutQuery(path);
        return from.rewrite(to, bare).orElse(bare) + path.substring(bare.length());
      };
    } catch (InvalidProtocolBufferException e) {
      return path -> path;
    }
  }

  /** The host that the server gets; null when it is that of the endpoint. */
  static @Nullable String host(RouteAction action, Facts facts) {
    return switch (action.getHostRewriteSpecifierCase()) {
      case HOST_REWRITE_LITERAL -> action.getHostRewriteLiteral();
      case AUTO_HOST_REWRITE -> action.getAutoHostRewrite().getValue() ? null : facts.authority();
      case HOST_REWRITE_HEADER -> {
        String value = facts.header(Ascii.lower(action.getHostRewriteHeader()));
        yield value == null || value.isEmpty() ? facts.authority() : value;
      }
      case HOST_REWRITE_PATH_REGEX -> {
        RegexMatchAndSubstitute rewrite = action.getHostRewritePathRegex();
        yield replaceAll(rewrite.getPattern().getRegex(), rewrite.getSubstitution())
            .apply(facts.bare());
      }
      case HOSTREWRITESPECIFIER_NOT_SET -> facts.authority();
    };
  }

  /**
   * Where a redirect leads.
   *
   * @param rewritten the path after the redirect's prefix or regex rewrite
   */
  static String location(RedirectAction action, Facts facts, String rewritten) {
    String before = facts.scheme();
    String scheme =
        !action.getSchemeRedirect().isEmpty()
            ? action.getSchemeRedirect()
            : action.getHttpsRedirect() ? "https" : before;
    String port = action.getPortRedirect() == 0 ? "" : ":" + action.getPortRedirect();
    String host =
        action.getHostRedirect().isEmpty()
            ? hostFor(facts.authority(), facts.forwardedProto(), scheme, port)
            : action.getHostRedirect();
    String path = rewritten;
    if (!action.getPathRedirect().isEmpty()) {
      boolean ownQuery = action.getPathRedirect().indexOf('?') >= 0;
      String query = rewritten.substring(Facts.withoutQuery(rewritten).length());
      path = action.getPathRedirect() + (ownQuery ? "" : query);
      if (ownQuery) {
        return scheme + "://" + host + port + path;
      }
    }
    return scheme
        + "://"
        + host
        + port
        + (action.getStripQuery() ? Facts.withoutQuery(path) : path);
  }

  /** The port goes when another is given, or when it was the one of a scheme that changes. */
  private static String hostFor(String host, String before, String scheme, String port) {
    int start = Hosts.portStart(host);
    if (start < 0) {
      return host;
    }
    String own = host.substring(start);
    boolean standard =
        !before.equals(scheme)
            && ((own.equals(":80") && Ascii.equal(before, "http"))
                || (own.equals(":443") && Ascii.equal(before, "https")));
    return !port.isEmpty() || standard ? host.substring(0, start) : host;
  }
}
