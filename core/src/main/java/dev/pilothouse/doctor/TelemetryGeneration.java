package dev.pilothouse.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.console.IstiodDebug;
import dev.pilothouse.doctor.Diagnosis.Check;
import dev.pilothouse.internal.Nearest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What istiod makes of a Telemetry: its providers must be there, and nobody nearer may differ. */
final class TelemetryGeneration {
  private static final List<String> SECTIONS = List.of("accessLogging", "tracing", "metrics");

  private final Case c;
  private final JsonNode mesh;
  private final Set<String> known = new TreeSet<>();
  private final List<String> lost = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  private TelemetryGeneration(Case c) {
    this.c = c;
    this.mesh = c.istiod().debug().mesh();
    mesh.path("extensionProviders").forEach(provider -> known.add(provider.path("name").asText()));
  }

  static Check check(Case c) {
    return new TelemetryGeneration(c).check();
  }

  private Check check() {
    SECTIONS.forEach(this::providers);
    SECTIONS.forEach(this::nearer);
    if (!lost.isEmpty()) {
      return Check.broken(Link.GENERATED, lost.remove(0), lost);
    }
    return logs()
        .orElseGet(
            () ->
                Check.undecided(
                    Link.GENERATED,
                    "its providers are there, and no nearer Telemetry differs; what is made of it"
                        + " bears no name",
                    notes.toArray(new String[0])));
  }

  private void providers(String section) {
    for (JsonNode entry : c.spec().path(section)) {
      List<String> names = names(entry);
      for (String name : names) {
        if (known.stream().noneMatch(provider -> provider.equalsIgnoreCase(name))) {
          lost.add(
              "the mesh config has no extension provider "
                  + name
                  + Nearest.suggestion(name, known)
                  + "; "
                  + section
                  + " names it");
          lost.add("extensionProviders are " + known);
        }
      }
      boolean off =
          entry.path("disabled").asBoolean() || entry.path("disableSpanReporting").asBoolean();
      if (names.isEmpty() && !off && inherited(section).isEmpty()) {
        lost.add(
            section
                + " names no provider, and neither does the mesh config's defaultProviders."
                + section);
        lost.add("extensionProviders are " + known);
      }
    }
  }

  private static List<String> names(JsonNode entry) {
    List<String> names = new ArrayList<>();
    entry.path("providers").forEach(provider -> names.add(provider.path("name").asText()));
    return names;
  }

  /** The providers of those that speak before it, the mesh config's at first. */
  private List<String> inherited(String section) {
    List<String> names = new ArrayList<>(Hosts.texts(mesh.path("defaultProviders").path(section)));
    for (IstiodDebug.Config other : TelemetryRelevance.applied(c)) {
      for (JsonNode entry : other.json().path("spec").path(section)) {
        names.addAll(names(entry));
      }
    }
    return names;
  }

  /** A nearer one with the same section has the last word, where it is for the same direction. */
  private void nearer(String section) {
    if (c.spec().path(section).isEmpty()) {
      return;
    }
    boolean after = false;
    for (IstiodDebug.Config other : TelemetryRelevance.applied(c)) {
      JsonNode theirs = other.json().path("spec").path(section);
      if (after && !theirs.isEmpty()) {
        boolean whole =
            section.equals("accessLogging") && unconditional(theirs) && namesProviders(theirs);
        if (whole) {
          lost.add("its accessLogging does not count, that of " + other + " does");
          lost.add("for one workload the nearest Telemetry has the last word: " + theirs);
        } else {
          notes.add(other + " is nearer, and has " + section + " too: " + theirs);
        }
      }
      after |= c.is(other);
    }
  }

  private static boolean unconditional(JsonNode section) {
    for (JsonNode entry : section) {
      String mode = entry.at("/match/mode").asText("CLIENT_AND_SERVER");
      if (!mode.equals("CLIENT_AND_SERVER")) {
        return false;
      }
    }
    return true;
  }

  private static boolean namesProviders(JsonNode section) {
    for (JsonNode entry : section) {
      if (!entry.path("providers").isEmpty()) {
        return true;
      }
    }
    return false;
  }

  /** Where it is about access logs alone, the listeners tell. */
  private Optional<Check> logs() {
    JsonNode entries = c.spec().path("accessLogging");
    if (entries.size() != 1 || c.spec().has("tracing") || c.spec().has("metrics")) {
      return Optional.empty();
    }
    String mode = entries.get(0).at("/match/mode").asText("CLIENT_AND_SERVER");
    boolean off = entries.get(0).path("disabled").asBoolean();
    List<String> with = new ArrayList<>();
    List<String> without = new ArrayList<>();
    c.pushed().listeners().stream()
        .filter(
            listener ->
                mode.equals("CLIENT_AND_SERVER")
                    || mode.equals("SERVER") == EnvoyJson.inbound(listener))
        .forEach(
            listener -> {
              // Of the filters; the listener's own is for connections that no chain takes.
              boolean logs =
                  EnvoyJson.chains(listener).stream()
                      .anyMatch(
                          chain ->
                              chain
                                  .toString()
                                  .replace("_", "")
                                  .toLowerCase(Locale.ROOT)
                                  .contains("\"accesslog\":["));
              (logs ? with : without).add(listener.name());
            });
    String words = with.size() + " listeners write access logs, " + without.size() + " do not";
    boolean asWanted = off ? with.isEmpty() && !without.isEmpty() : !with.isEmpty();
    if (!asWanted) {
      return Optional.empty();
    }
    return Optional.of(Check.holds(Link.GENERATED, words, notes.toArray(new String[0])));
  }
}
