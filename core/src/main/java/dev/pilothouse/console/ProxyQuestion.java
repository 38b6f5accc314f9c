package dev.pilothouse.console;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.Nearest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A question about one proxy. istiod answers for the first connection, in no order, whose name
 * contains what it was given. So it is given the whole name of the one connection that is meant,
 * and before and after it is made sure that no other one contains that.
 */
final class ProxyQuestion {
  /** A proxy that reconnects meanwhile is asked for again. */
  private static final int ATTEMPTS = 3;

  /** Numbers make names differ, as client.default-1 and client.default-10 do. */
  private record Meant(Replica replica, String connection) {}

  private final List<Replica> replicas;
  private final String proxyId;

  ProxyQuestion(List<Replica> replicas, String proxyId) {
    this.replicas = replicas;
    this.proxyId = proxyId;
  }

  /** The proxy of a connection: its name without the number. */
  static String proxyOf(String connection) {
    int dash = connection.lastIndexOf('-');
    return dash < 0 ? connection : connection.substring(0, dash);
  }

  /** The replica that has it. */
  Replica replica() {
    return meant("looking for proxy " + proxyId).replica();
  }

  JsonNode ask(String path) {
    String tried = "asking istiod for " + path + " of " + proxyId;
    char joint = path.indexOf('?') < 0 ? '?' : '&';
    PilothouseException last = null;
    for (int i = 0; i < ATTEMPTS; i++) {
      Meant meant = meant(tried);
      JsonNode answer;
      try {
        answer =
            meant.replica().json(path + joint + "proxyID=" + Replica.escaped(meant.connection()));
      } catch (PilothouseException e) {
        last = e; // gone meanwhile, or another failure that comes again
        continue;
      }
      if (alike(connections(meant.replica()), meant.connection()).isEmpty()) {
        return answer;
      }
    }
    throw last != null ? last : indistinct(tried, "");
  }

  private Meant meant(String tried) {
    List<String> others = new ArrayList<>();
    for (Replica replica : replicas) {
      List<String> all = connections(replica);
      Optional<String> newest =
          all.stream()
              .filter(id -> proxyOf(id).equals(proxyId))
              .max(Comparator.comparingLong(ProxyQuestion::number));
      if (newest.isPresent()) {
        List<String> alike = alike(all, newest.get());
        if (!alike.isEmpty()) {
          throw indistinct(tried, newest.get() + " and " + alike);
        }
        return new Meant(replica, newest.get());
      }
      all.forEach(id -> others.add(proxyOf(id)));
    }
    throw unknown(tried, proxyId, others);
  }

  static PilothouseException unknown(String tried, String proxyId, List<String> others) {
    return new PilothouseException(
        tried,
        "it is not connected"
            + Nearest.suggestion(proxyId, others)
            + "; connected are "
            + (others.isEmpty() ? "none" : others.stream().distinct().sorted().toList()),
        "name it as pod.namespace",
        null,
        null);
  }

  private static PilothouseException indistinct(String tried, String which) {
    return new PilothouseException(
        tried,
        "istiod cannot tell its connection from another one"
            + (which.isEmpty() ? "" : ": " + which),
        "ask the proxy itself",
        null,
        null);
  }

  private static long number(String connection) {
    String number = connection.substring(connection.lastIndexOf('-') + 1);
    return number.chars().allMatch(Character::isDigit) && number.length() < 18 && !number.isEmpty()
        ? Long.parseLong(number)
        : -1;
  }

  private static List<String> alike(List<String> all, String connection) {
    return all.stream().filter(id -> id.contains(connection) && !id.equals(connection)).toList();
  }

  private static List<String> connections(Replica replica) {
    List<String> ids = new ArrayList<>();
    for (JsonNode client : replica.json("/debug/connections").path("clients")) {
      ids.add(client.path("connectionId").asText());
    }
    return ids;
  }
}
