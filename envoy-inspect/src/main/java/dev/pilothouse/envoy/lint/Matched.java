package dev.pilothouse.envoy.lint;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.pilothouse.envoy.Redacted;
import io.envoyproxy.envoy.config.core.v3.RuntimeFractionalPercent;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher.HeaderMatchSpecifierCase;
import io.envoyproxy.envoy.config.route.v3.QueryParameterMatcher;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher.MatchPatternCase;
import io.envoyproxy.envoy.type.v3.FractionalPercent;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The requests that a route matches, as a set that can be compared with another. */
final class Matched {
  private final RouteMatch match;
  private final MatchedPath path;

  private Matched(RouteMatch match) {
    this.match = match;
    this.path = new MatchedPath(match);
  }

  /** Empty when there is something in the match that this library does not know. */
  static Optional<Matched> read(Part match) {
    RouteMatch.Builder builder = RouteMatch.newBuilder();
    try {
      JsonFormat.parser().merge(match.json().toString(), builder);
      return Optional.of(new Matched(builder.build()));
    } catch (InvalidProtocolBufferException unknown) {
      return Optional.empty();
    }
  }

  /** Whether it certainly matches every request that the other matches. */
  boolean takesAllOf(Matched other) {
    return isNeverLeftToChance()
        && path.takesAllOf(other.path)
        && !isRedacted()
        && match.getHeadersList().stream().allMatch(other::demands)
        && other.match.getQueryParametersList().containsAll(match.getQueryParametersList())
        && other.match.getDynamicMetadataList().containsAll(match.getDynamicMetadataList())
        && other.match.getFilterStateList().containsAll(match.getFilterStateList())
        && (!match.hasGrpc() || other.match.hasGrpc())
        && (!match.hasTlsContext() || match.getTlsContext().equals(other.match.getTlsContext()));
  }

  /** Two secrets look the same and may differ. */
  private boolean isRedacted() {
    return Stream.concat(
            match.getHeadersList().stream().map(header -> text(header)),
            match.getQueryParametersList().stream().map(QueryParameterMatcher::getStringMatch))
        .flatMap(t -> Stream.of(t.getExact(), t.getPrefix(), t.getSuffix(), t.getContains()))
        .anyMatch(Redacted::is);
  }

  @SuppressWarnings("deprecation") // Old control planes still write the forms before string_match.
  private static StringMatcher text(HeaderMatcher header) {
    StringMatcher.Builder text = StringMatcher.newBuilder();
    return switch (header.getHeaderMatchSpecifierCase()) {
      case EXACT_MATCH -> text.setExact(header.getExactMatch()).build();
      case PREFIX_MATCH -> text.setPrefix(header.getPrefixMatch()).build();
      case SUFFIX_MATCH -> text.setSuffix(header.getSuffixMatch()).build();
      case CONTAINS_MATCH -> text.setContains(header.getContainsMatch()).build();
      default -> header.getStringMatch();
    };
  }

  /** A runtime key may be set to anything, whatever the default is. */
  private boolean isNeverLeftToChance() {
    if (!match.hasRuntimeFraction()) {
      return true;
    }
    RuntimeFractionalPercent fraction = match.getRuntimeFraction();
    FractionalPercent percent = fraction.getDefaultValue();
    long whole =
        switch (percent.getDenominator()) {
          case HUNDRED -> 100;
          case TEN_THOUSAND -> 10_000;
          case MILLION -> 1_000_000;
          case UNRECOGNIZED -> Long.MAX_VALUE;
        };
    return fraction.getRuntimeKey().isEmpty() && percent.getNumerator() >= whole;
  }

  /** Whether each request that this matches has what the header match asks for. */
  private boolean demands(HeaderMatcher wanted) {
    List<HeaderMatcher> mine = match.getHeadersList();
    return mine.contains(wanted)
        || mine.stream().anyMatch(header -> isPresence(wanted) && needsPresence(header, wanted));
  }

  private static boolean isPresence(HeaderMatcher header) {
    return header.getHeaderMatchSpecifierCase() == HeaderMatchSpecifierCase.PRESENT_MATCH
        && header.getPresentMatch()
        && !header.getInvertMatch()
        && !header.getTreatMissingHeaderAsEmpty();
  }

  private static boolean needsPresence(HeaderMatcher header, HeaderMatcher wanted) {
    StringMatcher text = header.getStringMatch();
    boolean oneText =
        header.hasStringMatch()
            && (text.getMatchPatternCase() == MatchPatternCase.EXACT
                || text.getMatchPatternCase() == MatchPatternCase.PREFIX
                || text.getMatchPatternCase() == MatchPatternCase.SUFFIX
                || text.getMatchPatternCase() == MatchPatternCase.CONTAINS);
    return header.getName().equalsIgnoreCase(wanted.getName())
        && oneText
        && !header.getInvertMatch()
        && !header.getTreatMissingHeaderAsEmpty();
  }
}
