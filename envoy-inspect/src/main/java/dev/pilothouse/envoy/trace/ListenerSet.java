package dev.pilothouse.envoy.trace;

import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.ListenerResource;
import dev.pilothouse.envoy.Resource;
import dev.pilothouse.envoy.trace.Connection.Capture;
import dev.pilothouse.envoy.trace.ListenerEntry.Bound;
import io.envoyproxy.envoy.config.core.v3.TrafficDirection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the listener that handles a connection. */
final class ListenerSet {
  /**
   * What was found.
   *
   * @param entry the listener that handles the connection; null when there is none
   * @param why why this one, or why none
   */
  record Pick(@Nullable ListenerEntry entry, String why) {}

  private record Place(Ip ip, int port) {}

  private final List<ListenerEntry> all = new ArrayList<>();
  private final Map<Place, ListenerEntry> exact = new HashMap<>();
  private final Map<Place, ListenerEntry> boundExact = new HashMap<>();

  ListenerSet(EnvoyConfig config, RuntimeSettings runtime) {
    for (ListenerResource resource : config.listeners()) {
      if (resource.state() == Resource.State.ACTIVE || resource.state() == Resource.State.UNKNOWN) {
        ListenerEntry entry = new ListenerEntry(resource, runtime);
        all.add(entry);
        for (Bound address : entry.addresses()) {
          exact.putIfAbsent(new Place(address.ip(), address.port()), entry);
          if (entry.bound()) {
            boundExact.putIfAbsent(new Place(address.ip(), address.port()), entry);
          }
        }
      }
    }
  }

  List<ListenerEntry> all() {
    return all;
  }

  Pick find(Connection connection) {
    Ip ip = Ip.parse(connection.destination());
    int port = connection.destinationPort();
    String at = Ip.withPort(connection.destination(), port);
    ListenerEntry first;
    String arrival;
    if (!connection.listener().isEmpty()) {
      first = named(connection.listener());
      arrival = "the connection arrives there";
      if (first == null) {
        return new Pick(null, "there is no active listener " + connection.listener());
      }
    } else if (connection.capture() == Capture.DIRECT) {
      first = lookUp(boundExact, ip, port);
      return first == null
          ? new Pick(null, "no listener is bound to " + at)
          : new Pick(first, "it listens on " + at);
    } else {
      boolean inbound = connection.capture() == Capture.INBOUND;
      first = redirected(inbound ? TrafficDirection.INBOUND : TrafficDirection.OUTBOUND);
      arrival = "it takes what is redirected " + (inbound ? "inbound" : "outbound");
      if (first == null) {
        return new Pick(
            null, "no listener takes what is redirected " + (inbound ? "inbound" : "outbound"));
      }
    }
    ListenerEntry next = first.handsOff() ? lookUp(exact, ip, port) : null;
    if (next != null && next != first) {
      return new Pick(next, first.name() + " hands over what was meant for " + at);
    }
    return new Pick(first, arrival + (first.handsOff() ? ", and no other listener has " + at : ""));
  }

  private @Nullable ListenerEntry named(String name) {
    for (ListenerEntry entry : all) {
      if (entry.name().equals(name)) {
        return entry;
      }
    }
    return null;
  }

  private @Nullable ListenerEntry redirected(TrafficDirection direction) {
    for (ListenerEntry entry : all) {
      if (entry.bound() && entry.redirected() && entry.direction() == direction) {
        return entry;
      }
    }
    return null;
  }

  /** The address itself, then that of all addresses. */
  private static @Nullable ListenerEntry lookUp(Map<Place, ListenerEntry> places, Ip ip, int port) {
    ListenerEntry found = places.get(new Place(ip, port));
    if (found == null) {
      found = places.get(new Place(new Ip(ip.v6(), 0, 0), port));
    }
    if (found == null && !ip.v6()) {
      ListenerEntry both = places.get(new Place(new Ip(true, 0, 0), port));
      if (both != null
          && both.addresses().stream().anyMatch(a -> a.every() && a.both() && a.port() == port)) {
        found = both;
      }
    }
    return found;
  }

  /** Listeners on the same port that were not it. */
  List<NearMiss> others(Connection connection, Pick pick) {
    List<NearMiss> misses = new ArrayList<>();
    for (ListenerEntry entry : all) {
      for (Bound address : entry.addresses()) {
        if (entry != pick.entry() && address.port() == connection.destinationPort()) {
          boolean here = address.every() || address.ip().equals(Ip.parse(connection.destination()));
          String why =
              !here
                  ? "its address is " + address.ip() + ", not " + connection.destination()
                  : entry.bound()
                      ? "another listener has a more specific address"
                      : "it is not bound to its port; only redirected connections come to it";
          misses.add(new NearMiss(Decision.Kind.LISTENER, entry.name(), entry.pointer(), why));
        }
      }
    }
    return misses;
  }
}
