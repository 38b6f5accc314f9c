package dev.pilothouse.envoy.trace;

import com.github.xds.core.v3.TypedExtensionConfig;
import com.github.xds.type.matcher.v3.Matcher.MatcherList.Predicate;
import com.github.xds.type.matcher.v3.StringMatcher;
import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.envoy.extensions.matching.input_matchers.ip.v3.Ip;
import java.util.List;

/** A predicate in a matcher tree's list. */
interface MatchPredicate {
  /**
   * What came out.
   *
   * @param undecided why nobody can tell; empty when it is decided
   */
  record Outcome(Verdict verdict, String undecided) {
    static Outcome of(boolean holds) {
      return new Outcome(Verdict.of(holds), "");
    }

    static Outcome unknown(String why) {
      return new Outcome(Verdict.UNKNOWN, why);
    }
  }

  Outcome test(MatchData data);

  static MatchPredicate of(Predicate predicate) {
    return switch (predicate.getMatchTypeCase()) {
      case SINGLE_PREDICATE -> single(predicate.getSinglePredicate());
      case OR_MATCHER -> {
        List<MatchPredicate> parts =
            predicate.getOrMatcher().getPredicateList().stream().map(MatchPredicate::of).toList();
        yield data -> first(parts, data, Verdict.YES);
      }
      case AND_MATCHER -> {
        List<MatchPredicate> parts =
            predicate.getAndMatcher().getPredicateList().stream().map(MatchPredicate::of).toList();
        yield data -> first(parts, data, Verdict.NO);
      }
      case NOT_MATCHER -> {
        MatchPredicate part = of(predicate.getNotMatcher());
        yield data -> {
          Outcome outcome = part.test(data);
          return new Outcome(outcome.verdict().not(), outcome.undecided());
        };
      }
      case MATCHTYPE_NOT_SET -> data -> Outcome.unknown("a predicate of an unknown kind");
    };
  }

  /** One that comes out so decides; else one that is unknown does; else they all are the other. */
  private static Outcome first(List<MatchPredicate> parts, MatchData data, Verdict decisive) {
    Outcome all = new Outcome(decisive.not(), "");
    for (MatchPredicate part : parts) {
      Outcome outcome = part.test(data);
      if (outcome.verdict() == decisive) {
        return outcome;
      }
      if (outcome.verdict() == Verdict.UNKNOWN) {
        all = outcome;
      }
    }
    return all;
  }

  private static MatchPredicate single(Predicate.SinglePredicate predicate) {
    MatchInput input = MatchInput.of(predicate.getInput());
    MatchPredicateValue value =
        switch (predicate.getMatcherCase()) {
          case VALUE_MATCH -> text(predicate.getValueMatch());
          case CUSTOM_MATCH -> custom(predicate.getCustomMatch());
          case MATCHER_NOT_SET -> text -> Verdict.UNKNOWN;
        };
    String unknown =
        "a matcher of a kind that is unknown here: " + predicate.getCustomMatch().getName();
    return data -> {
      MatchInput.Value read = input.read(data);
      if (!read.undecided().isEmpty()) {
        return Outcome.unknown(read.undecided());
      }
      String text = read.text();
      Verdict verdict = text == null ? Verdict.NO : value.test(text);
      return new Outcome(verdict, verdict == Verdict.UNKNOWN ? unknown : "");
    };
  }

  /** A test of a value that is there. */
  interface MatchPredicateValue {
    Verdict test(String text);
  }

  private static MatchPredicateValue text(StringMatcher matcher) {
    boolean ignoreCase = matcher.getIgnoreCase();
    TextMatch text =
        switch (matcher.getMatchPatternCase()) {
          case EXACT -> TextMatch.exact(matcher.getExact(), ignoreCase);
          case PREFIX -> TextMatch.prefix(matcher.getPrefix(), ignoreCase);
          case SUFFIX -> TextMatch.suffix(matcher.getSuffix(), ignoreCase);
          case CONTAINS -> TextMatch.contains(matcher.getContains(), ignoreCase);
          case SAFE_REGEX -> TextMatch.regex(matcher.getSafeRegex().getRegex());
          default -> TextMatch.unknown("a string matcher of an unknown kind");
        };
    return text::test;
  }

  private static MatchPredicateValue custom(TypedExtensionConfig config) {
    try {
      if (config.getTypedConfig().is(Ip.class)) {
        List<Cidr> ranges =
            config.getTypedConfig().unpack(Ip.class).getCidrRangesList().stream()
                .map(range -> Cidr.of(range.getAddressPrefix(), range.getPrefixLen().getValue()))
                .toList();
        return text -> {
          dev.pilothouse.envoy.trace.Ip address = dev.pilothouse.envoy.trace.Ip.parse(text);
          return Verdict.of(ranges.stream().anyMatch(range -> range.contains(address)));
        };
      }
    } catch (InvalidProtocolBufferException e) {
      return text -> Verdict.UNKNOWN;
    }
    return text -> Verdict.UNKNOWN;
  }
}
