package dev.pilothouse.envoy.xds;

import dev.pilothouse.envoy.ProtobufContent;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What was asked of one type, and what is held of it. Sorted by name, so that two proxies that hold
 * the same hold it in the same order. Not safe for several threads.
 */
final class Subscription {
  private final String typeUrl;
  private final boolean wildcard;
  private final Map<String, Held> held = new TreeMap<>();
  private final Map<String, Refused> refused = new TreeMap<>();
  private Set<String> wanted = new TreeSet<>();
  private final Set<String> unheard = new HashSet<>();
  private int requests;
  private String version = "";

  /** A resource that is in use. */
  record Held(String version, Instant since, ProtobufContent content) {}

  /** A resource that was refused, and why. */
  record Refused(String version, Instant at, ProtobufContent content, String reason) {}

  Subscription(String typeUrl, boolean wildcard) {
    this.typeUrl = typeUrl;
    this.wildcard = wildcard;
  }

  String typeUrl() {
    return typeUrl;
  }

  /** Whether all there are were asked for. */
  boolean wildcard() {
    return wildcard;
  }

  /** The names that were asked for; empty for a wildcard. */
  Set<String> wanted() {
    return Collections.unmodifiableSet(wanted);
  }

  boolean wants(String name) {
    return wildcard || wanted.contains(name);
  }

  /** Wants these names from now on; what is not wanted any more is let go. */
  void want(Set<String> names) {
    wanted = new TreeSet<>(names);
    held.keySet().removeIf(name -> !wants(name));
    refused.keySet().removeIf(name -> !wants(name));
    unheard.removeIf(name -> !wants(name));
  }

  /** All of it was asked for on a new stream. */
  void askedAnew() {
    unheard.clear();
    requests = 0;
    if (!wildcard) {
      asked(wanted);
    } else if (held.isEmpty() || held.values().stream().anyMatch(it -> it.version().isEmpty())) {
      requests = 1;
    }
    // Else the server is told the versions, and need not answer when they are the latest.
    unheard.removeIf(name -> held.containsKey(name) && !held.get(name).version().isEmpty());
  }

  /** Names were asked for besides those before. */
  void asked(Set<String> names) {
    if (wildcard || !names.isEmpty()) {
      unheard.addAll(names);
      requests++;
    }
  }

  /** A response has come that speaks of these names. */
  void heard(Set<String> names) {
    unheard.removeAll(names);
    requests = Math.max(0, requests - 1);
  }

  /**
   * Whether nothing was asked that had no answer yet: each name was spoken of, or there were as
   * many responses as requests, for a server need not speak of what it does not have.
   */
  boolean answered() {
    return requests == 0 || (!wildcard && unheard.isEmpty());
  }

  /** The version of the whole that was accepted last. */
  String version() {
    return version;
  }

  void accepted(String newVersion) {
    version = newVersion;
  }

  Map<String, Held> held() {
    return held;
  }

  /** What is held, for its users. */
  List<XdsResource> resources() {
    return held.entrySet().stream()
        .map(
            entry ->
                new XdsResource(
                    typeUrl,
                    entry.getKey(),
                    entry.getValue().version(),
                    entry.getValue().content()))
        .toList();
  }

  Map<String, Refused> refused() {
    return refused;
  }

  /** What a server is told on a new stream, so that it sends only what is new. */
  Map<String, String> heldVersions() {
    Map<String, String> versions = new LinkedHashMap<>();
    held.forEach((name, resource) -> versions.put(name, resource.version()));
    return versions;
  }
}
