package dev.pilothouse.envoy;

import dev.pilothouse.envoy.DumpScanner.Scanned;
import dev.pilothouse.envoy.Resource.State;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes a configuration from a dump. From a later dump of the same source it takes over what was
 * already made of resources that have not changed.
 */
final class ConfigReader {
  private final ConfigSource source;
  private final @Nullable EnvoyConfig earlier;
  private final Map<Key, Deque<Resource>> old = new HashMap<>();
  // Resources from a control plane lie in no document.
  private final Document nowhere;
  private int unchanged;

  /** What makes a resource of two dumps the same one. */
  private record Key(ConfigSection section, State state, String name) {
    static Key of(Resource resource) {
      return new Key(resource.section(), resource.state(), resource.name());
    }
  }

  /** What Envoy says of a rejected resource, by which its echo is known. */
  private record Rejection(ConfigSection section, String name, String reason) {}

  ConfigReader(ConfigSource source, @Nullable EnvoyConfig earlier) {
    this.source = source;
    this.nowhere = Document.of(source.describe(), new byte[0], null);
    this.earlier = earlier;
    if (earlier != null) {
      for (Resource resource : earlier.resources()) {
        old.computeIfAbsent(Key.of(resource), key -> new ArrayDeque<>(1)).add(resource);
      }
    }
  }

  /** The configuration; the earlier one itself when nothing has changed since. */
  EnvoyConfig read(ConfigDump dump) {
    DumpScanner scanner = new DumpScanner();
    dump.documents().forEach(scanner::scan);
    List<Resource> resources = new ArrayList<>(scanner.resources().size());
    for (Scanned found : withoutEchoes(scanner.resources())) {
      resources.add(resource(found));
    }
    DiscoveredLayout layout = dump.layout();
    for (int i = 0; i < dump.discovered().size(); i++) {
      resources.add(discovered(dump.discovered().get(i), layout.slot(i)));
    }
    List<Omission> omissions = new ArrayList<>(dump.omissions());
    omissions.addAll(scanner.note().omissions());
    if (earlier != null
        && unchanged == resources.size()
        && unchanged == earlier.resources().size()
        && earlier.hasSameParts(omissions, scanner.unknown(), scanner.statuses())) {
      return earlier;
    }
    Map<String, String> labels = new HashMap<>(scanner.note().labels());
    labels.putAll(source.labels());
    ConfigDump kept = dump.with(scanner.documents(), omissions);
    return new EnvoyConfig(
        source.describe(),
        Map.copyOf(labels),
        kept,
        resources,
        scanner.unknown(),
        scanner.statuses());
  }

  private Resource resource(Scanned found) {
    String type = found.section().payloadTypeUrl();
    Content content = JsonContent.of(found.document(), found.payload(), found.pointer(), type);
    return orEarlier(found, Resource.of(found, content));
  }

  private Resource discovered(DiscoveredResource from, DiscoveredLayout.Slot slot) {
    Scanned found =
        new Scanned(
            from.section(),
            from.state(),
            from.name(),
            from.version(),
            from.lastUpdated(),
            from.reason(),
            nowhere,
            null,
            "");
    ProtobufContent sent = from.content();
    Content content =
        sent == null
            ? JsonContent.of(nowhere, null, slot.pointer(), from.section().payloadTypeUrl())
            : MessageContent.of(source.describe(), sent, slot);
    return orEarlier(found, Resource.of(found, content));
  }

  /** The resource with what was made of an equal one before. */
  private Resource orEarlier(Scanned found, Resource fresh) {
    Deque<Resource> before = old.get(Key.of(fresh));
    Resource same = before == null ? null : before.poll();
    if (same == null || !fresh.holdsSameAs(same)) {
      return fresh;
    }
    if (fresh.hasSameHistory(same)) {
      unchanged++;
    }
    return Resource.of(found, fresh.content().reuse(same.content()));
  }

  /**
   * Envoy shows a rejected listener once under its name, and once more without; then its name may
   * only be in the configuration that was rejected, if that is there.
   */
  private static List<Scanned> withoutEchoes(List<Scanned> all) {
    Set<Rejection> seen = new HashSet<>();
    Set<Rejection> named = new HashSet<>();
    for (Scanned found : all) {
      if (found.state() == State.REJECTED && !found.name().isEmpty()) {
        named.add(new Rejection(found.section(), "", found.reason()));
      }
    }
    List<Scanned> kept = new ArrayList<>(all.size());
    for (Scanned found : all) {
      Rejection rejection = new Rejection(found.section(), found.name(), found.reason());
      boolean echo =
          found.state() == State.REJECTED && (!seen.add(rejection) || named.contains(rejection));
      if (!echo) {
        kept.add(found);
      }
    }
    return kept;
  }
}
