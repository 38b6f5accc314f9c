package dev.pilothouse.envoy.trace;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.StringValue;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Finds the filter chain for a connection, and says why the others are not it. */
final class FilterChainIndex {
  /**
   * How a chain was found.
   *
   * @param chain the chain; null when there is none, or nobody can tell
   * @param taken the value that was taken at each level, up to one that had none that fits
   * @param undecided why nobody can tell; empty when it is decided
   */
  record Walk(
      @Nullable FilterChainEntry chain, Map<FilterChainLevel, Object> taken, String undecided) {}

  private final List<FilterChainEntry> chains;
  private final @Nullable FilterChainEntry fallback;
  private final @Nullable FilterChainTree tree;
  private final @Nullable MatchTree<String> matcher;
  private final String unknown;

  FilterChainIndex(
      Listener listener,
      List<FilterChainEntry> chains,
      @Nullable FilterChainEntry fallback,
      UnknownParts unknownParts,
      String pointer) {
    this.chains = chains;
    this.fallback = fallback;
    if (listener.hasFilterChainMatcher()) {
      this.tree = null;
      this.matcher =
          new MatchTreeCompiler<>(FilterChainIndex::name).compile(listener.getFilterChainMatcher());
      this.unknown = unknownParts.under(pointer + "/filter_chain_matcher");
    } else {
      this.tree = new FilterChainTree(chains);
      this.matcher = null;
      this.unknown =
          chains.stream()
              .map(chain -> unknownParts.under(chain.pointer() + "/filter_chain_match"))
              .filter(found -> !found.isEmpty())
              .findFirst()
              .orElse("");
    }
  }

  private static String name(Any action) {
    try {
      return action.is(StringValue.class) ? action.unpack(StringValue.class).getValue() : "";
    } catch (InvalidProtocolBufferException e) {
      return "";
    }
  }

  Walk find(Seen seen) {
    if (!unknown.isEmpty()) {
      return new Walk(null, Map.of(), unknown + " is newer than this library");
    }
    if (matcher != null) {
      return byMatcher(matcher, seen);
    }
    Walk walk = Objects.requireNonNull(tree).find(seen);
    return walk.chain() == null && walk.undecided().isEmpty()
        ? new Walk(fallback, walk.taken(), "")
        : walk;
  }

  private Walk byMatcher(MatchTree<String> tree, Seen seen) {
    MatchTree.Result<String> result = tree.match(new MatchData(seen, null));
    if (!result.undecided().isEmpty()) {
      return new Walk(null, Map.of(), result.undecided());
    }
    String name = result.action();
    if (name == null) {
      return new Walk(fallback, Map.of(), "");
    }
    for (FilterChainEntry chain : chains) {
      if (chain.name().equals(name)) {
        return new Walk(chain, Map.of(), "");
      }
    }
    return new Walk(null, Map.of(), "");
  }

  /** Why each other chain is not the one. */
  List<NearMiss> others(Walk walk, Seen seen) {
    List<NearMiss> misses = new ArrayList<>();
    for (FilterChainEntry chain : chains) {
      if (chain != walk.chain()) {
        String why = matcher == null ? why(chain, walk, seen) : "the listener's matcher chose so";
        misses.add(chain.nearMiss(why));
      }
    }
    if (fallback != null && fallback != walk.chain()) {
      misses.add(fallback.nearMiss("it is the default, for when no other chain matches"));
    }
    return misses;
  }

  private static String why(FilterChainEntry chain, Walk walk, Seen seen) {
    for (FilterChainLevel level : FilterChainLevel.values()) {
      List<Object> wanted = chain.wanted(level);
      Object taken = walk.taken().get(level);
      if (taken != null && wanted.contains(taken)) {
        continue;
      }
      boolean fits = wanted.stream().anyMatch(value -> level.fits(value, seen));
      if (!fits) {
        return "the "
            + level.text()
            + " is "
            + level.shown(seen)
            + ", not "
            + String.join(", ", wanted.stream().map(level::say).toList());
      }
      if (taken != null) {
        return "another chain's "
            + level.text()
            + " "
            + level.say(taken)
            + " is more specific than "
            + String.join(", ", wanted.stream().map(level::say).toList());
      }
    }
    return walk.undecided().isEmpty() ? "another chain is the same" : walk.undecided();
  }
}
