package dev.pilothouse.envoy.trace.oracle;

import dev.pilothouse.envoy.trace.Choice;
import dev.pilothouse.envoy.trace.Decision;
import dev.pilothouse.envoy.trace.Destination;
import dev.pilothouse.envoy.trace.Forwarding;
import dev.pilothouse.envoy.trace.HeaderChange;
import dev.pilothouse.envoy.trace.HttpRequest;
import dev.pilothouse.envoy.trace.Outcome;
import dev.pilothouse.envoy.trace.Trace;
import dev.pilothouse.envoy.trace.oracle.Backend.Hit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Compares what a server got, and what the client got back, with what the tracer said. */
final class Upstream {
  private static final List<String> CHANGED = List.of("x-h1", "x-h2", "x-h3");
  private static final Pattern RETRIES = Pattern.compile("(\\d+) on ([^ ]*?)(?:, each within .*)?");
  private static final Pattern MIRROR = Pattern.compile("(\\S+)(?: (\\S+) %)?");

  private final HttpRequest request;
  private final Reply reply;
  private final Observed observed;
  private final List<Hit> hits;

  Upstream(HttpRequest request, Reply reply, Observed observed, List<Hit> hits) {
    this.request = request;
    this.observed = observed;
    this.reply = reply;
    this.hits = hits;
  }

  /** What is not as the tracer said; empty when all is. */
  String problem(Trace trace) {
    String route = observed.route().isEmpty() ? reply.header("x-route") : observed.route();
    String cluster = observed.cluster().isEmpty() ? reply.header("x-cluster") : observed.cluster();
    for (Choice choice : trace.choices()) {
      if (choice.outcome() instanceof Outcome.Forward forward
          && choice.route().map(Decision::name).orElse("").equals(route)) {
        for (Destination destination : forward.destinations()) {
          if (destination.cluster().equals(cluster)) {
            return problem(forward.how(), destination);
          }
        }
        return "the cluster " + cluster + " is not among the destinations";
      }
    }
    return "the route " + route + " is not among the choices, with status " + reply.status();
  }

  private String problem(Forwarding how, Destination destination) {
    if (destination.endpoints().isEmpty()) {
      return reply.status() == 503 && hits.isEmpty() ? "" : "it went to an endpoint";
    }
    Set<Integer> ports = new HashSet<>();
    destination.endpoints().forEach(endpoint -> ports.add(endpoint.address().port()));
    List<Hit> served = new ArrayList<>(hits);
    served.removeIf(Upstream::copy);
    if (served.isEmpty()) {
      return reply.status() == 503 ? unhealthy(destination) : "no server was asked";
    }
    Hit first = served.get(0);
    if (!ports.contains(first.port())) {
      return "the endpoint " + first.port() + " is not among " + ports;
    }
    if (!first.path().equals(how.path())) {
      return "the path is " + first.path();
    }
    String host = destination.host() == null ? how.host() : destination.host();
    if (!first.header("host").equals(host)) {
      return "the host is " + first.header("host") + ", not " + host;
    }
    List<HeaderChange> changes = new ArrayList<>(destination.headers());
    changes.addAll(how.headers());
    for (String name : CHANGED) {
      List<String> up = changed(changes, HeaderChange.Message.REQUEST, name, sent(name));
      if (!up.equals(first.headers().getOrDefault(name, List.of()))) {
        return "the server got " + name + ": " + first.headers().get(name) + ", not " + up;
      }
      List<String> down =
          changed(changes, HeaderChange.Message.RESPONSE, name, sent(Backend.REPLY + name));
      if (!down.equals(reply.values(name))) {
        return "the client got " + name + ": " + reply.values(name) + ", not " + down;
      }
    }
    String waits = first.header("x-envoy-expected-rq-timeout-ms");
    if (!waits.equals(expected(how))) {
      return "the timeout is " + waits + ", not " + expected(how);
    }
    return served.size() == attempts(how)
        ? ""
        : "there were " + served.size() + " attempts, not " + attempts(how);
  }

  /** Whether it is a mirror's. */
  static boolean copy(Hit hit) {
    return hit.header("host").contains("-shadow");
  }

  /** Nobody is asked where nobody is healthy, unless there is panic. */
  private static String unhealthy(Destination destination) {
    return destination.endpoints().stream()
            .anyMatch(
                endpoint ->
                    switch (endpoint.health()) {
                      case UNHEALTHY, DRAINING, TIMEOUT -> true;
                      default -> false;
                    })
        ? ""
        : "no server was asked";
  }

  private List<String> sent(String name) {
    return request.headers().stream()
        .filter(header -> header.name().equals(name))
        .map(HttpRequest.Header::value)
        .toList();
  }

  private static List<String> changed(
      List<HeaderChange> changes, HeaderChange.Message message, String name, List<String> before) {
    List<String> values = new ArrayList<>(before);
    for (HeaderChange change : changes) {
      if (change.message() == message && change.name().toLowerCase(Locale.ROOT).equals(name)) {
        boolean there = !values.isEmpty();
        switch (change.action()) {
          case APPEND -> values.add(change.value());
          case ADD_IF_ABSENT -> {
            if (!there) {
              values.add(change.value());
            }
          }
          case SET -> {
            values.clear();
            values.add(change.value());
          }
          case SET_IF_PRESENT -> {
            if (there) {
              values.clear();
              values.add(change.value());
            }
          }
          case REMOVE -> values.clear();
        }
      }
    }
    return values;
  }

  /** In milliseconds; the time for one attempt counts more. */
  private static String expected(Forwarding how) {
    Duration waits = how.attemptTimeout().isZero() ? how.timeout() : how.attemptTimeout();
    return waits.isZero() ? "" : "" + waits.toMillis();
  }

  private int attempts(Forwarding how) {
    Matcher retries = RETRIES.matcher(how.retries());
    String status = sent(Backend.STATUS).stream().findFirst().orElse("200");
    if (!retries.matches()) {
      return 1;
    }
    for (String on : retries.group(2).split(",", -1)) {
      boolean again =
          switch (on) {
            case "5xx" -> status.startsWith("5");
            case "gateway-error" -> Set.of("502", "503", "504").contains(status);
            case "retriable-status-codes" -> status.equals("500");
            case "retriable-4xx" -> status.equals("409");
            default -> false;
          };
      if (again) {
        return 1 + Integer.parseInt(retries.group(1));
      }
    }
    return 1;
  }

  /**
   * The clusters that get copies.
   *
   * @param always whether to name those that always get one; else those that may
   */
  static Set<String> mirrors(Trace trace, boolean always) {
    Set<String> clusters = new HashSet<>();
    for (Choice choice : trace.choices()) {
      if (choice.outcome() instanceof Outcome.Forward forward) {
        for (String mirror : forward.how().mirrors()) {
          Matcher parts = MIRROR.matcher(mirror);
          if (parts.matches()) {
            double share = parts.group(2) == null ? 100 : Double.parseDouble(parts.group(2));
            if (always ? share == 100 : share > 0) {
              clusters.add(parts.group(1));
            }
          }
        }
      }
    }
    return clusters;
  }
}
