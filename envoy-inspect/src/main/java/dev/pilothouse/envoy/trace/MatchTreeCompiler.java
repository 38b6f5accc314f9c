package dev.pilothouse.envoy.trace;

import com.github.xds.core.v3.TypedExtensionConfig;
import com.github.xds.type.matcher.v3.IPMatcher;
import com.github.xds.type.matcher.v3.Matcher;
import com.github.xds.type.matcher.v3.Matcher.OnMatch;
import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.pilothouse.envoy.trace.MatchTree.Result;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Compiles xDS matcher trees. A nested tree that comes out with nothing is no match: the search
 * goes on behind it.
 */
final class MatchTreeCompiler<A> {
  private final Function<Any, A> action;

  MatchTreeCompiler(Function<Any, A> action) {
    this.action = action;
  }

  MatchTree<A> compile(Matcher matcher) {
    MatchTree<A> otherwise = onMatch(matcher.getOnNoMatch());
    return switch (matcher.getMatcherTypeCase()) {
      case MATCHER_LIST -> list(matcher.getMatcherList(), otherwise);
      case MATCHER_TREE -> tree(matcher.getMatcherTree(), otherwise);
      case MATCHERTYPE_NOT_SET -> otherwise;
    };
  }

  private MatchTree<A> onMatch(OnMatch match) {
    return switch (match.getOnMatchCase()) {
      case MATCHER -> compile(match.getMatcher());
      case ACTION -> {
        Result<A> result = new Result<>(action.apply(match.getAction().getTypedConfig()), "");
        yield data -> result;
      }
      case ONMATCH_NOT_SET -> data -> Result.none();
    };
  }

  private MatchTree<A> list(Matcher.MatcherList list, MatchTree<A> otherwise) {
    List<MatchPredicate> predicates = new ArrayList<>();
    List<MatchTree<A>> matches = new ArrayList<>();
    for (Matcher.MatcherList.FieldMatcher field : list.getMatchersList()) {
      predicates.add(MatchPredicate.of(field.getPredicate()));
      matches.add(onMatch(field.getOnMatch()));
    }
    return data -> {
      for (int i = 0; i < predicates.size(); i++) {
        MatchPredicate.Outcome outcome = predicates.get(i).test(data);
        if (outcome.verdict() == Verdict.UNKNOWN) {
          return Result.undecided(outcome.undecided());
        }
        Result<A> result =
            outcome.verdict() == Verdict.YES ? matches.get(i).match(data) : Result.none();
        if (result.ends()) {
          return result;
        }
      }
      return otherwise.match(data);
    };
  }

  private MatchTree<A> tree(Matcher.MatcherTree tree, MatchTree<A> otherwise) {
    MatchInput input = MatchInput.of(tree.getInput());
    Function<String, List<MatchTree<A>>> found =
        switch (tree.getTreeTypeCase()) {
          case EXACT_MATCH_MAP -> {
            Map<String, MatchTree<A>> map = children(tree.getExactMatchMap());
            yield text -> {
              MatchTree<A> child = map.get(text);
              return child == null ? List.of() : List.of(child);
            };
          }
          case PREFIX_MATCH_MAP -> prefixes(children(tree.getPrefixMatchMap()));
          case CUSTOM_MATCH -> custom(tree.getCustomMatch());
          case TREETYPE_NOT_SET ->
              text -> List.of(data -> Result.undecided("a matcher tree of an unknown kind"));
        };
    return data -> {
      MatchInput.Value read = input.read(data);
      if (!read.undecided().isEmpty()) {
        return Result.undecided(read.undecided());
      }
      String text = read.text();
      for (MatchTree<A> child : text == null ? List.<MatchTree<A>>of() : found.apply(text)) {
        Result<A> result = child.match(data);
        if (result.ends()) {
          return result;
        }
      }
      return otherwise.match(data);
    };
  }

  private Map<String, MatchTree<A>> children(Matcher.MatcherTree.MatchMap map) {
    Map<String, MatchTree<A>> children = new HashMap<>();
    map.getMapMap().forEach((value, match) -> children.put(value, onMatch(match)));
    return children;
  }

  /** The longest prefix first. */
  private Function<String, List<MatchTree<A>>> prefixes(Map<String, MatchTree<A>> map) {
    Map<String, MatchTree<A>> longestFirst =
        new TreeMap<>(
            Comparator.comparingInt(String::length)
                .reversed()
                .thenComparing(Comparator.naturalOrder()));
    longestFirst.putAll(map);
    return text ->
        longestFirst.entrySet().stream()
            .filter(entry -> text.startsWith(entry.getKey()))
            .map(Map.Entry::getValue)
            .toList();
  }

  private record Range<A>(Cidr cidr, int order, boolean exclusive, MatchTree<A> match) {}

  private Function<String, List<MatchTree<A>>> custom(TypedExtensionConfig config) {
    try {
      if (config.getTypedConfig().is(IPMatcher.class)) {
        return ranges(config.getTypedConfig().unpack(IPMatcher.class));
      }
    } catch (InvalidProtocolBufferException e) {
      String why = "the matcher " + config.getName() + " is unreadable";
      return text -> List.of(data -> Result.undecided(why));
    }
    String why = "the matcher " + config.getName() + " is unknown here";
    return text -> List.of(data -> Result.undecided(why));
  }

  /** The narrowest range first; one that is exclusive hides the wider ones. */
  private Function<String, List<MatchTree<A>>> ranges(IPMatcher matcher) {
    List<Range<A>> ranges = new ArrayList<>();
    for (IPMatcher.IPRangeMatcher range : matcher.getRangeMatchersList()) {
      MatchTree<A> match = onMatch(range.getOnMatch());
      for (com.github.xds.core.v3.CidrRange cidr : range.getRangesList()) {
        ranges.add(
            new Range<>(
                Cidr.of(cidr.getAddressPrefix(), cidr.getPrefixLen().getValue()),
                ranges.size(),
                range.getExclusive(),
                match));
      }
    }
    ranges.sort(
        Comparator.comparingInt((Range<A> r) -> -r.cidr().length()).thenComparingInt(Range::order));
    return text -> {
      Ip address = Ip.parse(text);
      List<MatchTree<A>> found = new ArrayList<>();
      for (Range<A> range : ranges) {
        if (range.cidr().contains(address)) {
          found.add(range.match());
          if (range.exclusive()) {
            break;
          }
        }
      }
      return found;
    };
  }
}
