package dev.pilothouse.envoy.trace;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where a request or a connection would go, and why. Immutable and safe for use by several threads.
 * Reasons and near misses are worked out when they are asked for.
 *
 * <pre>{@code
 * if (trace.outcome() instanceof Outcome.Forward forward) {
 *   forward.destinations().get(0).cluster();
 * }
 * trace.route().orElseThrow().owner();
 * trace.nearMisses().forEach(miss -> miss.reason());
 * }</pre>
 */
public final class Trace {
  private final Trail trail;
  private final List<Choice> choices;
  private final Outcome outcome;

  Trace(Trail trail, List<Choice> choices, Outcome outcome) {
    this.trail = trail;
    this.choices = List.copyOf(choices);
    this.outcome = outcome;
  }

  /**
   * The connection that was traced.
   *
   * @return as it was given, or empty when the trace began at a virtual host
   */
  public Optional<Connection> connection() {
    return Optional.ofNullable(trail.connection());
  }

  /**
   * The request that was traced.
   *
   * @return as it was given, or empty for a connection alone
   */
  public Optional<HttpRequest> request() {
    return Optional.ofNullable(trail.request());
  }

  /**
   * What becomes of it.
   *
   * @return {@link Outcome.OneOf} when Envoy picks a route at random; {@link Outcome.Undecided}
   *     when the configuration does not tell
   */
  public Outcome outcome() {
    return outcome;
  }

  /**
   * Whether the configuration tells what becomes of it. A random choice is decided too: all that is
   * possible is known, with its share.
   *
   * @return false if it is {@link Outcome.Undecided}
   */
  public boolean decided() {
    return choices.stream()
            .map(Choice::outcome)
            .noneMatch(possible -> possible instanceof Outcome.Undecided)
        && !(outcome instanceof Outcome.Undecided);
  }

  /**
   * Everything that may become of it.
   *
   * @return one, unless it is random or undecided
   */
  public List<Choice> choices() {
    return choices;
  }

  /**
   * The route that is taken.
   *
   * @return the route; empty when none is, or when several are possible
   */
  public Optional<Decision> route() {
    return choices.size() == 1 ? choices.get(0).route() : Optional.empty();
  }

  /**
   * A step on the way.
   *
   * @param kind the kind of step
   * @return the first of its kind, or empty when it did not come to that
   */
  public Optional<Decision> decision(Decision.Kind kind) {
    return decisions().stream().filter(decision -> decision.kind() == kind).findFirst();
  }

  /**
   * The steps on the way.
   *
   * @return in Envoy's order; several routes when several are possible
   */
  public List<Decision> decisions() {
    return List.copyOf(trail.decisions());
  }

  /**
   * What nearly was taken: other listeners on the port, other filter chains, virtual hosts whose
   * domains come close, and the other routes of the virtual host.
   *
   * @return each with the reason why it was not taken, in the order of the configuration
   */
  public List<NearMiss> nearMisses() {
    return List.copyOf(trail.nearMisses());
  }

  /**
   * The clusters that it may be sent to.
   *
   * @return of all choices, in their order; empty when Envoy answers itself
   */
  public List<Destination> destinations() {
    return choices.stream()
        .flatMap(
            choice -> {
              if (choice.outcome() instanceof Outcome.Forward forward) {
                return forward.destinations().stream();
              }
              return choice.outcome() instanceof Outcome.Tcp tcp
                  ? tcp.destinations().stream()
                  : Stream.empty();
            })
        .toList();
  }

  /**
   * HTTP filters on the way that may answer before the route does, as one that checks who asks.
   *
   * @return their names; empty when there are none
   */
  public List<String> mayAnswer() {
    return List.copyOf(trail.answering());
  }

  /**
   * The whole story for people.
   *
   * @return several lines: the request, each step with its owner, the outcome, what changes on the
   *     way, the near misses
   */
  public String explain() {
    return TraceText.of(this, trail.notes());
  }

  /** One line: the request and what becomes of it. */
  @Override
  public String toString() {
    @Nullable HttpRequest request = trail.request();
    return (request == null ? trail.connection() : request) + " ⇒ " + outcome;
  }
}
