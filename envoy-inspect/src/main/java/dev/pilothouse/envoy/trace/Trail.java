package dev.pilothouse.envoy.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a trace passes on its way. It is filled by one thread and then never changed, so that the
 * trace can work out texts and near misses when it is asked for them.
 */
final class Trail {
  private final @Nullable Connection connection;
  private final @Nullable HttpRequest request;
  private final List<RouteEntry> candidates = new ArrayList<>(1);
  private final List<Choice> choices = new ArrayList<>(1);
  private final List<String> doubts = new ArrayList<>(0);
  private List<String> answering = List.of();
  private List<RouteEntry> routes = List.of();
  private @Nullable ListenerSet listeners;
  private ListenerSet.@Nullable Pick pick;
  private @Nullable Seen seen;
  private FilterChainIndex.@Nullable Walk walk;
  private @Nullable Facts facts;
  private @Nullable RouteTable table;
  private @Nullable HostEntry host;

  Trail(@Nullable Connection connection, @Nullable HttpRequest request) {
    this.connection = connection;
    this.request = request;
  }

  @Nullable Connection connection() {
    return connection;
  }

  @Nullable HttpRequest request() {
    return request;
  }

  void listeners(ListenerSet all, ListenerSet.Pick picked) {
    listeners = all;
    pick = picked;
  }

  void chains(Seen known, FilterChainIndex.Walk walked) {
    seen = known;
    walk = walked;
  }

  void facts(Facts known) {
    facts = known;
  }

  void table(RouteTable found) {
    table = found;
  }

  void host(HostEntry found) {
    host = found;
  }

  void routes(List<RouteEntry> tried) {
    routes = tried;
  }

  void answering(List<String> filters) {
    answering = filters;
  }

  void doubt(String why) {
    doubts.add(why);
  }

  void choose(@Nullable RouteEntry route, Outcome outcome, double share) {
    if (route != null) {
      candidates.add(route);
    }
    choices.add(new Choice(route == null ? null : route.decision(), outcome, share));
  }

  void maybe(RouteEntry route, Outcome outcome, String why) {
    doubts.add(why);
    choose(route, outcome, Double.NaN);
  }

  /** The route, when it is the only one possible. */
  @Nullable RouteEntry onlyRoute() {
    return candidates.size() == 1 && choices.size() == 1 ? candidates.get(0) : null;
  }

  Trace end(Outcome outcome) {
    return new Trace(this, List.of(new Choice(null, outcome, 1)), outcome);
  }

  Trace finish() {
    if (!doubts.isEmpty()) {
      List<Choice> possible =
          choices.stream().map(c -> new Choice(c.chosen(), c.outcome(), Double.NaN)).toList();
      String why = String.join("; ", doubts);
      return new Trace(this, possible, new Outcome.Undecided(why, possible));
    }
    return new Trace(
        this, choices, choices.size() == 1 ? choices.get(0).outcome() : new Outcome.OneOf(choices));
  }

  Seen seen() {
    return Objects.requireNonNull(seen);
  }

  List<String> answering() {
    return answering;
  }

  /** The steps that were taken. */
  List<Decision> decisions() {
    List<Decision> steps = connection == null ? new ArrayList<>() : onConnection();
    if (table != null) {
      String name = table.name();
      steps.add(new Decision(Decision.Kind.ROUTE_CONFIGURATION, name, table.pointer(), null, ""));
    }
    if (host != null && facts != null) {
      String why =
          connection == null
              ? "the trace begins here"
              : "the host is " + facts.authority() + ", its domains are " + host.domains();
      steps.add(
          new Decision(Decision.Kind.VIRTUAL_HOST, host.name(), host.pointer(), host.owner(), why));
    }
    candidates.forEach(route -> steps.add(route.decision()));
    return steps;
  }

  private List<Decision> onConnection() {
    List<Decision> steps = new ArrayList<>();
    ListenerEntry listener = pick == null ? null : pick.entry();
    if (pick == null || listener == null) {
      return steps;
    }
    steps.add(
        new Decision(
            Decision.Kind.LISTENER,
            listener.name(),
            listener.pointer(),
            listener.owner(),
            pick.why()));
    FilterChainEntry chain = walk == null ? null : walk.chain();
    if (chain == null || walk == null) {
      return steps;
    }
    steps.add(
        new Decision(
            Decision.Kind.FILTER_CHAIN, chain.name(), chain.pointer(), chain.owner(), taken(walk)));
    NetworkFilters filters = chain.filters();
    steps.add(
        new Decision(
            Decision.Kind.NETWORK_FILTER, filters.lastName(), filters.lastPointer(), null, ""));
    return steps;
  }

  private static String taken(FilterChainIndex.Walk walk) {
    List<String> specific = new ArrayList<>();
    walk.taken()
        .forEach(
            (level, value) -> {
              if (!value.equals(FilterChainLevel.ANY)) {
                specific.add(level.text() + " " + level.say(value));
              }
            });
    return specific.isEmpty() ? "nothing more specific matches" : String.join(", ", specific);
  }

  /** What nearly was taken, and why it was not. */
  List<NearMiss> nearMisses() {
    List<NearMiss> misses = new ArrayList<>();
    if (connection != null && listeners != null && pick != null) {
      misses.addAll(listeners.others(connection, pick));
      ListenerEntry listener = pick.entry();
      if (listener != null && walk != null && seen != null) {
        misses.addAll(listener.chains().others(walk, seen));
      }
    }
    if (table != null && facts != null) {
      if (connection != null) {
        misses.addAll(HostMisses.of(table, facts.authority(), host));
      }
      boolean over = false;
      for (RouteEntry route : routes) {
        Decision decision = route.decision();
        Verdict verdict = route.test(facts);
        boolean candidate = candidates.contains(route);
        if (!candidate && verdict == Verdict.NO) {
          misses.add(miss(decision, route.reason(facts)));
        } else if (!candidate) {
          misses.add(
              miss(decision, over ? "another route comes first" : "its runtime fraction is 0"));
        }
        over |= candidate && verdict == Verdict.YES && !route.random();
      }
    }
    return misses;
  }

  private static NearMiss miss(Decision route, String why) {
    return new NearMiss(Decision.Kind.ROUTE, route.name(), route.pointer(), why);
  }

  /** What else the reader should know. */
  List<String> notes() {
    List<String> notes = new ArrayList<>();
    ListenerEntry listener = pick == null ? null : pick.entry();
    if (listener != null) {
      notes.addAll(listener.notes());
    }
    if (walk != null && walk.chain() != null) {
      notes.addAll(walk.chain().filters().notes());
    }
    for (String filter : answering) {
      notes.add("the HTTP filter " + filter + " may answer by itself");
    }
    return notes;
  }
}
