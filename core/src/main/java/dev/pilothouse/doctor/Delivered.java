package dev.pilothouse.doctor;

import dev.pilothouse.console.ProxyStatus;
import dev.pilothouse.doctor.Diagnosis.Check;
import dev.pilothouse.envoy.ConfigSection;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigException;
import dev.pilothouse.envoy.Resource;
import dev.pilothouse.envoy.Resource.State;
import dev.pilothouse.envoy.diff.DiffOptions;
import dev.pilothouse.envoy.diff.Difference;
import dev.pilothouse.envoy.diff.EnvoyDiff;
import dev.pilothouse.envoy.lint.EnvoyLint;
import dev.pilothouse.envoy.lint.LintRule;
import dev.pilothouse.istiod.ProxySync.TypeSync;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Whether what istiod has for the proxy is what the proxy uses. Where the two agree, it was sent,
 * accepted and is active, whatever became of the rest of a push; where they do not, the state of
 * the type and of the resource tells at which link it hangs.
 */
final class Delivered {
  private static final int TOLD = 3;

  private final Case c;
  private final ProxyStatus status;

  /** What concerns the resource and differs, as type to the titles of what differs. */
  private final Map<String, Set<String>> behind = new TreeMap<>();

  private final List<String> evidence = new ArrayList<>();
  private final List<Resource> warming = new ArrayList<>();

  private Delivered(Case c) {
    this.c = c;
    this.status = c.status().orElseThrow();
  }

  static List<Check> checks(Case c) {
    Delivered delivered = new Delivered(c);
    try {
      delivered.compare();
    } catch (EnvoyConfigException e) {
      return delivered.silent(e);
    }
    return delivered.behind.isEmpty() && delivered.warming.isEmpty()
        ? delivered.same()
        : delivered.different();
  }

  private void compare() {
    Predicate<Resource> mine = Traces.of(c).orElse(resource -> true);
    EnvoyConfig pushed = c.pushed();
    EnvoyConfig live = c.live();
    Map<String, Resource> concerned = new LinkedHashMap<>();
    Traces.in(pushed, mine).forEach(r -> concerned.put(key(r), r));
    for (Resource resource : live.resources(State.WARMING)) {
      if (concerned.containsKey(key(resource))) {
        warming.add(resource);
      }
    }
    for (Difference difference :
        EnvoyDiff.between(pushed, live, DiffOptions.controlPlaneAndEnvoy()).differences()) {
      Resource resource = difference.resourceBefore().or(difference::resourceAfter).orElseThrow();
      if (concerned.containsKey(key(resource))) {
        behind.computeIfAbsent(type(resource), type -> new TreeSet<>()).add(Traces.title(resource));
        if (evidence.size() < TOLD) {
          evidence.add("istiod has → the proxy has: " + difference);
        }
      }
    }
  }

  private static String key(Resource resource) {
    return type(resource) + " " + resource.name();
  }

  private static String type(Resource resource) {
    return switch (resource.section()) {
      case STATIC_LISTENERS, DYNAMIC_LISTENERS -> "LDS";
      case STATIC_CLUSTERS, DYNAMIC_ACTIVE_CLUSTERS, DYNAMIC_WARMING_CLUSTERS -> "CDS";
      case STATIC_ROUTE_CONFIGS, DYNAMIC_ROUTE_CONFIGS -> "RDS";
      case STATIC_ENDPOINT_CONFIGS, DYNAMIC_ENDPOINT_CONFIGS -> "EDS";
      case STATIC_SECRETS, DYNAMIC_ACTIVE_SECRETS, DYNAMIC_WARMING_SECRETS -> "SDS";
      case ECDS_FILTERS -> "ECDS";
      default -> resource.section().fieldName();
    };
  }

  /** An Envoy that hangs answers neither istiod nor us. */
  private List<Check> silent(EnvoyConfigException e) {
    List<String> open = new ArrayList<>();
    for (String type : List.of("CDS", "LDS", "EDS", "RDS")) {
      status
          .type(type)
          .filter(sync -> !sync.acknowledged())
          .ifPresent(sync -> open.add(type + " was sent at " + sync.sentAt()));
    }
    open.add(String.valueOf(e.getMessage()));
    return List.of(
        Check.holds(Link.SENT, "istiod has sent it"),
        Check.broken(
            Link.ACKNOWLEDGED,
            open.size() > 1
                ? "the proxy does not acknowledge, and its admin interface does not answer"
                : "the proxy's admin interface does not answer",
            open));
  }

  private List<Check> same() {
    List<String> rejections = new ArrayList<>();
    status.sync().types().values().stream()
        .filter(type -> !type.lastError().isEmpty())
        .forEach(type -> rejections.add("not of this: " + type.lastError().strip()));
    boolean traced = Traces.of(c).isPresent();
    if (!traced && !rejections.isEmpty()) {
      return List.of(
          Check.holds(Link.SENT, "istiod has sent what it has"),
          Check.broken(Link.ACKNOWLEDGED, "the proxy rejects something", rejections));
    }
    return List.of(
        Check.holds(Link.SENT, "istiod has sent it"),
        Check.holds(
            Link.ACKNOWLEDGED,
            "the proxy has what istiod has" + (rejections.isEmpty() ? "" : ", and rejects others"),
            rejections.toArray(new String[0])),
        Check.holds(Link.ACTIVE, "nothing of it is warming"));
  }

  private List<Check> different() {
    for (Map.Entry<String, Set<String>> type : behind.entrySet()) {
      Optional<TypeSync> sync = status.type(type.getKey());
      if (sync.isEmpty()) {
        return List.of(
            Check.broken(Link.SENT, "the proxy has not subscribed to " + type.getKey(), evidence));
      }
      if (!sync.get().lastError().isEmpty()) {
        return unacknowledged(
            "the proxy rejects " + type.getKey(),
            sync.get().lastError().strip(),
            String.join(", ", type.getValue()));
      }
      if (!sync.get().acknowledged() && warming.isEmpty()) {
        return unacknowledged(
            type.getKey() + " was sent at " + sync.get().sentAt() + " and is not acknowledged",
            "sent " + sync.get().sent() + ", acknowledged " + sync.get().acked());
      }
    }
    Check sent = Check.holds(Link.SENT, "istiod has sent it");
    if (!warming.isEmpty()) {
      return List.of(
          sent,
          Check.holds(
              Link.ACKNOWLEDGED,
              status.sync().inSync()
                  ? "the proxy has acknowledged it"
                  : "the proxy has taken it, and acknowledges when it is warm"),
          Check.broken(
              Link.ACTIVE,
              "it is warming: " + String.join(", ", warming.stream().map(Traces::title).toList()),
              waitsFor()));
    }
    return List.of(
        Check.broken(
            Link.SENT,
            "the proxy has acknowledged a push, and has not what istiod has now: "
                + String.join(
                    ", ", behind.values().stream().flatMap(Set::stream).distinct().toList()),
            evidence));
  }

  private List<Check> unacknowledged(String words, String... why) {
    List<String> all = new ArrayList<>(List.of(why));
    all.addAll(evidence);
    return List.of(
        Check.holds(Link.SENT, "istiod has sent it"), Check.broken(Link.ACKNOWLEDGED, words, all));
  }

  private List<String> waitsFor() {
    List<String> names = warming.stream().map(Resource::name).toList();
    List<String> why =
        new ArrayList<>(
            EnvoyLint.create().check(c.live()).findings().stream()
                .filter(
                    finding ->
                        finding.rule() == LintRule.WARMING
                            || finding.rule() == LintRule.DANGLING_SECRET
                            || finding.rule() == LintRule.DANGLING_ROUTE_CONFIGURATION)
                .filter(finding -> names.contains(finding.resource().name()))
                .map(finding -> finding.message())
                .toList());
    c.live().section(ConfigSection.DYNAMIC_WARMING_SECRETS).stream()
        .map(secret -> "secret " + secret.name() + " has not arrived")
        .forEach(why::add);
    return why;
  }
}
