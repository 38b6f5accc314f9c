package dev.pilothouse.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.pilothouse.console.IstiodDebug;
import dev.pilothouse.console.ProxyStatus;
import dev.pilothouse.doctor.Diagnosis.Check;
import dev.pilothouse.doctor.Diagnosis.Outcome;
import dev.pilothouse.envoy.Resource;
import dev.pilothouse.internal.Nearest;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whether istiod has the proxy, and the resource. */
final class Followed {
  private static final String REVISION = "istio.io/rev";
  private static final Duration NEW = Duration.ofSeconds(2);

  private Followed() {}

  static Check connected(Case c) {
    Optional<ProxyStatus> status = c.status();
    if (status.isPresent()) {
      return Check.holds(
          Link.CONNECTED,
          "the proxy ("
              + status.get().sync().proxyType()
              + ") is connected to "
              + status.get().replica());
    }
    List<String> others = c.statuses().stream().map(ProxyStatus::proxyId).distinct().toList();
    return Check.broken(
        Link.CONNECTED,
        "no istiod of this console has the proxy" + Nearest.suggestion(c.proxyId(), others),
        "connected are " + (others.isEmpty() ? "none" : others),
        "it does not run, it cannot reach istiod, or it belongs to another revision");
  }

  static Check seen(Case c) {
    String replica = c.status().orElseThrow().replica();
    Optional<IstiodDebug.Config> known =
        c.configs(c.kind()).stream()
            .filter(config -> config.namespace().equals(c.namespace()))
            .filter(config -> config.name().equals(c.name()))
            .findFirst();
    if (known.isEmpty()) {
      return Check.broken(Link.SEEN, replica + " does not know it", whyUnknown(c));
    }
    JsonNode metadata = known.get().json().path("metadata");
    long has = Stored.generation(known.get().json());
    long wanted = Stored.generation(c.object());
    if (has > 0 && has < wanted) {
      return Check.broken(
          Link.SEEN,
          replica + " has read generation " + has + ", the API server has " + wanted,
          "resource version " + metadata.path("resourceVersion").asText());
    }
    return pushed(c, replica);
  }

  private static Check pushed(Case c, String replica) {
    Optional<String> version = version(c);
    if (order(c) < 0) {
      return Check.broken(
          Link.SEEN,
          replica + " has read it, and has not begun a push since",
          "it was changed at " + changed(c.object()).orElseThrow(),
          "the last push is " + version.orElseThrow(),
          "istiod gathers changes before it pushes (PILOT_DEBOUNCE_AFTER, PILOT_DEBOUNCE_MAX)");
    }
    return Check.holds(
        Link.SEEN, replica + " knows it" + version.map(v -> "; last push " + v).orElse(""));
  }

  /** Whether the last push may as well have been before the change: times are in seconds. */
  static boolean sameSecond(Case c) {
    return order(c) == 0 && changed(c.object()).isPresent();
  }

  /** Whether istiod's push of it may be still to come, by its age. */
  static boolean isNew(Case c) {
    return Stored.accepted(c).outcome() == Outcome.HOLDS
        && changed(c.object()).filter(Instant.now().minus(NEW)::isBefore).isPresent();
  }

  /** Less than zero if the last push was before the change. */
  private static int order(Case c) {
    Optional<Instant> changed = changed(c.object());
    Optional<Instant> push = version(c).flatMap(v -> instant(v.substring(0, v.indexOf('/'))));
    return changed.isPresent() && push.isPresent() ? push.get().compareTo(changed.get()) : 0;
  }

  /** The push that istiod makes the proxy's configuration of: its time and its number. */
  private static Optional<String> version(Case c) {
    return c.pushed().resources().stream()
        .map(Resource::version)
        .filter(v -> v.indexOf('/') > 0)
        .findFirst();
  }

  /** When its specification was changed last, in whole seconds. */
  private static Optional<Instant> changed(JsonNode object) {
    Optional<Instant> last = Optional.empty();
    for (JsonNode manager : object.at("/metadata/managedFields")) {
      Optional<Instant> time = instant(manager.path("time").asText());
      if (manager.path("fieldsV1").has("f:spec")
          && time.isPresent()
          && (last.isEmpty() || time.get().isAfter(last.get()))) {
        last = time;
      }
    }
    return last;
  }

  private static Optional<Instant> instant(String text) {
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private static List<String> whyUnknown(Case c) {
    List<String> evidence = new ArrayList<>();
    JsonNode revision = c.object().at("/metadata/labels").path(REVISION);
    if (!revision.isMissingNode()) {
      evidence.add(
          "its label "
              + REVISION
              + " is "
              + revision.asText()
              + ": an istiod of another revision does not read it");
    }
    JsonNode selectors =
        !evidence.isEmpty()
            ? MissingNode.getInstance()
            : c.istiod().debug().mesh().path("discoverySelectors");
    if (!selectors.isEmpty()) {
      JsonNode namespace = c.server().find("/api/v1/namespaces/" + c.namespace());
      evidence.add("istiod reads the namespaces that discoverySelectors choose: " + selectors);
      if (namespace != null) {
        evidence.add(
            "the labels of namespace "
                + c.namespace()
                + " are "
                + namespace.at("/metadata/labels"));
      }
    }
    long same = c.configs(c.kind()).size();
    evidence.add("it knows " + same + " of kind " + c.kind().kind());
    return evidence;
  }
}
