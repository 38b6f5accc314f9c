package dev.pilothouse.envoy.trace;

import java.util.List;
import java.util.stream.Collectors;

/** What becomes of a request or a connection. */
public sealed interface Outcome {
  /**
   * It is sent on. Envoy picks one of the destinations at random, by their shares.
   *
   * @param destinations at least one
   * @param how what changes on the way
   */
  record Forward(List<Destination> destinations, Forwarding how) implements Outcome {
    /** Copies the list. */
    public Forward {
      destinations = List.copyOf(destinations);
    }

    /** One line: the clusters, with their shares when there are several. */
    @Override
    public String toString() {
      return "forward to " + text(destinations);
    }
  }

  /**
   * The connection's bytes are sent on. Envoy picks one of the destinations at random.
   *
   * @param destinations at least one
   */
  record Tcp(List<Destination> destinations) implements Outcome {
    /** Copies the list. */
    public Tcp {
      destinations = List.copyOf(destinations);
    }

    /** One line: the clusters, with their shares when there are several. */
    @Override
    public String toString() {
      return "TCP to " + text(destinations);
    }
  }

  /**
   * A route answers with a redirect.
   *
   * @param status as 301; 200 for gRPC
   * @param location where to
   * @param why what made Envoy do so; empty when it is just the route
   */
  record Redirect(int status, String location, String why) implements Outcome {
    /** One line: status and location. */
    @Override
    public String toString() {
      return "redirect " + status + " to " + location + (why.isEmpty() ? "" : ", " + why);
    }
  }

  /**
   * A route answers by itself.
   *
   * @param status as 200; always so for gRPC
   * @param body its body; empty when it has none, for gRPC and HEAD, or comes from a file of
   *     Envoy's
   */
  record DirectResponse(int status, String body) implements Outcome {
    /** One line: the status. */
    @Override
    public String toString() {
      return "direct response " + status;
    }
  }

  /**
   * Envoy answers because it cannot send the request anywhere.
   *
   * @param status as 404; 200 for gRPC
   * @param why for example {@code no virtual host has foo.bar}
   */
  record LocalReply(int status, String why) implements Outcome {
    /** One line: status and reason. */
    @Override
    public String toString() {
      return status + " by Envoy: " + why;
    }
  }

  /**
   * The connection is refused or closed.
   *
   * @param why for example {@code no filter chain matches}
   */
  record Closed(String why) implements Outcome {
    /** One line: the reason. */
    @Override
    public String toString() {
      return "connection closed: " + why;
    }
  }

  /**
   * Envoy picks a route at random, because of runtime fractions.
   *
   * @param choices at least two; their shares add up to 1
   */
  record OneOf(List<Choice> choices) implements Outcome {
    /** Copies the list. */
    public OneOf {
      choices = List.copyOf(choices);
    }

    /** One line: all that is possible. */
    @Override
    public String toString() {
      return "one of " + choices.stream().map(Choice::toString).collect(Collectors.joining("; "));
    }
  }

  /**
   * The configuration and the request do not tell.
   *
   * @param why what is missing
   * @param possible what is possible as far as that is known; maybe empty
   */
  record Undecided(String why, List<Choice> possible) implements Outcome {
    /** Copies the list. */
    public Undecided {
      possible = List.copyOf(possible);
    }

    /** One line: why. */
    @Override
    public String toString() {
      return "undecided: " + why;
    }
  }

  private static String text(List<Destination> destinations) {
    return destinations.stream().map(Destination::toString).collect(Collectors.joining(", "));
  }
}
