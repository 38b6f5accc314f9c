package dev.pilothouse.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.doctor.Diagnosis.Check;
import dev.pilothouse.internal.Nearest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What an EnvoyFilter has done to what istiod makes: whether each patch finds what it matches, and
 * leaves there what it says.
 */
final class EnvoyFilterGeneration {
  private static final List<String> NOT_COMPARED =
      List.of("action", "applicationProtocols", "domainName", "gateway", "portName");

  private final Case c;
  private final List<String> done = new ArrayList<>();
  private final List<String> open = new ArrayList<>();
  private final List<String> lost = new ArrayList<>();

  private EnvoyFilterGeneration(Case c) {
    this.c = c;
  }

  static Check check(Case c) {
    return new EnvoyFilterGeneration(c).check();
  }

  private Check check() {
    EnvoyFilterRelevance.patches(c)
        .forEach((place, patch) -> look("configPatches[" + place + "]", patch));
    if (!lost.isEmpty()) {
      List<String> evidence = new ArrayList<>(lost);
      evidence.addAll(done);
      return Generated.rejectedBefore(c)
          .orElseGet(() -> Check.broken(Link.GENERATED, evidence.remove(0), evidence));
    }
    if (!open.isEmpty()) {
      List<String> evidence = new ArrayList<>(open);
      evidence.addAll(done);
      return Check.undecided(Link.GENERATED, evidence.remove(0), evidence.toArray(new String[0]));
    }
    return Check.holds(Link.GENERATED, String.join("; ", done));
  }

  private void look(String title, JsonNode patch) {
    String kind = patch.path("applyTo").asText();
    Optional<List<JsonNode>> matched = PatchTargets.of(c, patch, true);
    if (matched.isEmpty()) {
      open.add(
          title
              + " is of "
              + kind
              + (kind.equals("BOOTSTRAP")
                  ? ", which a proxy is given when it starts"
                  : ", which is not looked at"));
      return;
    }
    List<JsonNode> all = PatchTargets.of(c, patch, false).orElse(List.of());
    JsonNode value = patch.at("/patch/value");
    switch (patch.at("/patch/operation").asText()) {
      case "MERGE", "REPLACE" -> merged(title, patch, value, matched.get(), all);
      case "REMOVE" -> removed(title, patch, matched.get());
      default -> inserted(title, patch, value, all);
    }
  }

  private void merged(
      String title, JsonNode patch, JsonNode value, List<JsonNode> matched, List<JsonNode> all) {
    long has = matched.stream().filter(target -> EnvoyJson.covers(target, value)).count();
    if (has > 0) {
      done.add(title + " is in " + has + " of the " + counted(patch, matched) + " that it matches");
    } else if (matched.isEmpty() && !replaced(patch, value, all)) {
      nothing(title, patch, all);
    } else {
      open.add(
          title
              + " matches "
              + counted(patch, matched)
              + ", and none has all that it says as it is written");
    }
  }

  /** What replaces something may bear another name. */
  private static boolean replaced(JsonNode patch, JsonNode value, List<JsonNode> all) {
    return patch.at("/patch/operation").asText().equals("REPLACE")
        && all.stream().anyMatch(target -> EnvoyJson.covers(target, value));
  }

  private void removed(String title, JsonNode patch, List<JsonNode> matched) {
    if (matched.isEmpty()) {
      done.add(title + " leaves nothing that it matches");
    } else if (NOT_COMPARED.stream().anyMatch(field -> !patch.findValues(field).isEmpty())) {
      open.add(title + " removes by a match of which not all is compared");
    } else {
      lost.add(title + " removes " + counted(patch, matched) + ", still there: " + names(matched));
    }
  }

  private void inserted(String title, JsonNode patch, JsonNode value, List<JsonNode> all) {
    String name = value.path("name").asText();
    List<JsonNode> candidates =
        all.stream()
            .filter(target -> name.isEmpty() || target.path("name").asText().equals(name))
            .toList();
    long has = candidates.stream().filter(target -> EnvoyJson.covers(target, value)).count();
    if (has > 0) {
      done.add(title + " is there " + has + " times");
    } else if (!candidates.isEmpty() && !name.isEmpty()) {
      open.add(title + ": there is a " + name + ", and it has not all that is said as written");
    } else {
      nothing(title, patch, all);
    }
  }

  /** Nothing at all: tells what there is that it could have matched. */
  private void nothing(String title, JsonNode patch, List<JsonNode> all) {
    lost.add("istiod makes nothing of " + title + " for this proxy");
    lost.add(title + " matches " + patch.path("match"));
    List<String> names = names(all);
    List<String> near = new ArrayList<>();
    for (JsonNode wanted : patch.path("match").findValues("name")) {
      if (!names.contains(wanted.asText())) {
        near.add(wanted.asText() + Nearest.suggestion(wanted.asText(), names));
      }
    }
    for (JsonNode wanted : patch.path("match").findValues("service")) {
      List<String> hosts =
          c.pushed().clusters().stream()
              .flatMap(cluster -> cluster.parsedName().stream())
              .map(cluster -> cluster.host())
              .distinct()
              .toList();
      near.add(wanted.asText() + Nearest.suggestion(wanted.asText(), hosts));
    }
    near.stream()
        .filter(text -> near.size() == 1 || text.contains("did you mean"))
        .forEach(text -> lost.add("it asks for " + text));
    lost.add("of " + patch.path("applyTo").asText() + " there are " + names);
  }

  private static String counted(JsonNode patch, List<JsonNode> targets) {
    return targets.size() + " of " + patch.path("applyTo").asText();
  }

  private static List<String> names(List<JsonNode> targets) {
    TreeSet<String> names = new TreeSet<>();
    targets.forEach(target -> names.add(target.path("name").asText()));
    return new ArrayList<>(names);
  }
}
