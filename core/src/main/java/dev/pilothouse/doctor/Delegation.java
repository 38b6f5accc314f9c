package dev.pilothouse.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.console.IstiodDebug;
import dev.pilothouse.internal.Nearest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * VirtualServices that delegate to others. istiod leaves out, in silence, a delegate that it does
 * not find, and routes of one whose matches are not within those of the route that delegates.
 */
final class Delegation {
  private Delegation() {}

  /** What the delegates that it names are short of. */
  static List<String> faultsOfDelegates(Case c) {
    List<String> faults = new ArrayList<>();
    int i = 0;
    for (JsonNode route : c.spec().path("http")) {
      String title = "http[" + i++ + "]";
      if (route.has("delegate")) {
        delegateFault(c, route).ifPresent(words -> faults.add(title + " delegates to " + words));
      }
    }
    return faults;
  }

  private static Optional<String> delegateFault(Case c, JsonNode route) {
    String name = route.at("/delegate/name").asText();
    String namespace = route.at("/delegate/namespace").asText(c.namespace());
    String title = namespace + "/" + name;
    List<IstiodDebug.Config> there =
        c.configs(IstioKind.VIRTUAL_SERVICE).stream()
            .filter(other -> other.namespace().equals(namespace))
            .toList();
    Optional<IstiodDebug.Config> found =
        there.stream().filter(other -> other.name().equals(name)).findFirst();
    if (found.isEmpty()) {
      List<String> names = there.stream().map(IstiodDebug.Config::name).toList();
      return Optional.of(title + ", which is not there" + Nearest.suggestion(name, names));
    }
    JsonNode spec = found.get().json().path("spec");
    if (!spec.path("hosts").isEmpty()) {
      return Optional.of(title + ", which has hosts; a delegate has none");
    }
    if (!exported(spec, namespace, c.namespace())) {
      return Optional.of(title + ", whose exportTo is " + spec.path("exportTo"));
    }
    List<String> dropped = dropped(route, spec);
    return dropped.isEmpty()
        ? Optional.empty()
        : Optional.of(title + ", of which istiod drops " + dropped);
  }

  private static boolean exported(JsonNode spec, String from, String to) {
    return Relevance.exported(Hosts.texts(spec.path("exportTo")), from, to);
  }

  /** Why those that delegate to it make nothing of it, or of some of its routes. */
  static List<String> faultsAsDelegate(Case c) {
    List<String> faults = new ArrayList<>();
    if (!c.spec().path("hosts").isEmpty()) {
      return faults;
    }
    for (IstiodDebug.Config root : VirtualServiceRelevance.roots(c)) {
      if (!exported(c.spec(), c.namespace(), root.namespace())) {
        faults.add(root + " delegates to it, and its exportTo is " + c.spec().path("exportTo"));
        continue;
      }
      for (JsonNode route : root.json().at("/spec/http")) {
        boolean here =
            route.at("/delegate/name").asText().equals(c.name())
                && route.at("/delegate/namespace").asText(root.namespace()).equals(c.namespace());
        List<String> dropped = here ? dropped(route, c.spec()) : List.of();
        if (!dropped.isEmpty()) {
          faults.add("istiod drops " + dropped + ": not within the matches of " + root);
          faults.add(root + " delegates what matches " + route.path("match"));
        }
      }
    }
    return faults;
  }

  /** The delegate's routes with a match that no match of the route that delegates has room for. */
  private static List<String> dropped(JsonNode route, JsonNode delegate) {
    List<String> dropped = new ArrayList<>();
    int i = 0;
    for (JsonNode of : delegate.path("http")) {
      boolean lost = false;
      for (JsonNode match : of.path("match")) {
        boolean room = route.path("match").isEmpty();
        for (JsonNode around : route.path("match")) {
          room |= !conflict(around, match);
        }
        lost |= !room;
      }
      if (lost) {
        dropped.add("http[" + i + "]");
      }
      i++;
    }
    return dropped;
  }

  private static boolean conflict(JsonNode around, JsonNode match) {
    for (String field : List.of("uri", "scheme", "method", "authority")) {
      if (textConflict(around.path(field), match.path(field))) {
        return true;
      }
    }
    for (String field : List.of("headers", "withoutHeaders", "queryParams")) {
      for (Map.Entry<String, JsonNode> entry : match.path(field).properties()) {
        if (textConflict(around.path(field).path(entry.getKey()), entry.getValue())) {
          return true;
        }
      }
    }
    boolean otherPort =
        around.has("port") && match.has("port") && !around.path("port").equals(match.path("port"));
    return otherPort
        || around.path("ignoreUriCase").asBoolean() != match.path("ignoreUriCase").asBoolean();
  }

  private static boolean textConflict(JsonNode around, JsonNode match) {
    if (around.isMissingNode() || match.isMissingNode()) {
      return false;
    }
    String exact = around.path("exact").asText();
    String prefix = around.path("prefix").asText();
    if (!exact.isEmpty()) {
      return !match.path("exact").asText().equals(exact);
    }
    return prefix.isEmpty()
        || !(match.path("prefix").asText() + match.path("exact").asText()).startsWith(prefix);
  }
}
