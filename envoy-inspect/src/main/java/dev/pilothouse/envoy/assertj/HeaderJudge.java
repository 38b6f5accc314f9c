package dev.pilothouse.envoy.assertj;

import dev.pilothouse.envoy.assertj.RouteRequest.Header;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Judges headers by a route's header matches. */
final class HeaderJudge {
  /** Envoy sets or changes these itself before it looks for a route. */
  private static final Set<String> ENVOYS_OWN =
      Set.of(
          ":scheme",
          ":authority",
          "host",
          "connection",
          "te",
          "transfer-encoding",
          "upgrade",
          "user-agent",
          "via",
          "forwarded",
          "x-request-id",
          "x-client-trace-id",
          "x-forwarded-for",
          "x-forwarded-proto",
          "x-forwarded-host",
          "x-forwarded-port",
          "x-forwarded-client-cert");

  private HeaderJudge() {}

  static Judgement judge(HeaderMatcher matcher, RouteRequest request) {
    String name = matcher.getName().toLowerCase(Locale.ROOT);
    if (ENVOYS_OWN.contains(name) || name.startsWith("x-envoy-")) {
      return Judgement.undecided("Envoy itself may set the header " + name);
    }
    String value = value(name, request);
    if (isPresent(matcher)) {
      boolean present = value != null || matcher.getTreatMissingHeaderAsEmpty();
      boolean wanted =
          matcher.getHeaderMatchSpecifierCase()
                  == HeaderMatcher.HeaderMatchSpecifierCase.HEADERMATCHSPECIFIER_NOT_SET
              || matcher.getPresentMatch();
      boolean holds = (present == wanted) != matcher.getInvertMatch();
      return Judgement.of(
          holds, "the header %s is %s".formatted(name, present ? "there" : "not there"));
    }
    if (value == null && !matcher.getTreatMissingHeaderAsEmpty()) {
      // Even an inverted match wants the header to be there.
      return Judgement.no("the header " + name + " is not there");
    }
    Judgement judgement = value(matcher, value == null ? "" : value);
    if (matcher.getInvertMatch() && judgement.verdict() != Judgement.Verdict.UNDECIDED) {
      judgement =
          Judgement.of(judgement.verdict() == Judgement.Verdict.NO, "is what it may not be");
    }
    return new Judgement(
        judgement.verdict(),
        judgement.reason().isEmpty() ? "" : "the header %s %s".formatted(name, judgement.reason()));
  }

  private static boolean isPresent(HeaderMatcher matcher) {
    return switch (matcher.getHeaderMatchSpecifierCase()) {
      case PRESENT_MATCH, HEADERMATCHSPECIFIER_NOT_SET -> true;
      default -> false;
    };
  }

  @SuppressWarnings("deprecation") // Old control planes still write the forms before string_match.
  private static Judgement value(HeaderMatcher matcher, String value) {
    StringMatcher.Builder text = StringMatcher.newBuilder();
    return switch (matcher.getHeaderMatchSpecifierCase()) {
      case STRING_MATCH -> TextJudge.judge(matcher.getStringMatch(), value);
      case EXACT_MATCH -> TextJudge.judge(text.setExact(matcher.getExactMatch()).build(), value);
      case PREFIX_MATCH -> TextJudge.judge(text.setPrefix(matcher.getPrefixMatch()).build(), value);
      case SUFFIX_MATCH -> TextJudge.judge(text.setSuffix(matcher.getSuffixMatch()).build(), value);
      case CONTAINS_MATCH ->
          TextJudge.judge(text.setContains(matcher.getContainsMatch()).build(), value);
      case SAFE_REGEX_MATCH -> {
        RegexMatcher regex = matcher.getSafeRegexMatch();
        yield TextJudge.regex(regex.getRegex(), value);
      }
      default -> Judgement.undecided("is judged by " + matcher.getHeaderMatchSpecifierCase());
    };
  }

  /** Several of one name are joined, as Envoy does. */
  private static @Nullable String value(String name, RouteRequest request) {
    if (name.equals(":method")) {
      return request.method();
    }
    if (name.equals(":path")) {
      return request.path();
    }
    List<String> values =
        request.headers().stream().filter(h -> h.name().equals(name)).map(Header::value).toList();
    return values.isEmpty() ? null : values.stream().collect(Collectors.joining(","));
  }
}
