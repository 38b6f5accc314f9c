package dev.pilothouse.envoy.xds;

import dev.pilothouse.envoy.EnvoyConfigException;
import dev.pilothouse.envoy.ProtobufContent;
import dev.pilothouse.envoy.ResourceReferences;
import dev.pilothouse.envoy.xds.Subscription.Held;
import dev.pilothouse.envoy.xds.Subscription.Refused;
import dev.pilothouse.envoy.xds.Update.Sent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All that a proxy holds and has asked for, and the rules by which one follows from the other. Not
 * safe for several threads.
 */
final class Holdings {
  private static final Logger LOG = LoggerFactory.getLogger(Holdings.class);

  private final Map<String, Set<String>> further;
  private final Map<String, Subscription> byType = new LinkedHashMap<>();

  /** What a response did. */
  static final class Applied {
    final List<String> added = new ArrayList<>();
    final List<String> changed = new ArrayList<>();
    final List<String> unchanged = new ArrayList<>();
    final List<String> removed = new ArrayList<>();
    final List<String> refused = new ArrayList<>();
    final List<String> ignored = new ArrayList<>();
    final List<String> faults = new ArrayList<>();

    private boolean isChange() {
      return !added.isEmpty() || !changed.isEmpty() || !removed.isEmpty();
    }
  }

  /** What is to be asked for now, and what no more. */
  record Change(Subscription subscription, Set<String> added, Set<String> removed) {}

  Holdings(Map<String, Set<String>> further) {
    this.further = further;
    begin(XdsType.CLUSTERS.typeUrl(), true);
    further.forEach((type, names) -> begin(type, names.isEmpty()).want(names));
  }

  Collection<Subscription> subscriptions() {
    return Collections.unmodifiableCollection(byType.values());
  }

  @Nullable Subscription subscription(String typeUrl) {
    return byType.get(typeUrl);
  }

  /** The types of which something was asked that had no answer yet. */
  List<String> unanswered() {
    return byType.values().stream()
        .filter(subscription -> !subscription.answered())
        .map(Subscription::typeUrl)
        .toList();
  }

  /** Takes a response in. Its type must be one that was asked for. */
  Applied apply(Subscription subscription, Update update, XdsCheck check, Instant now) {
    Applied applied = new Applied();
    Set<String> names = new HashSet<>();
    for (Sent sent : update.resources()) {
      String fault = sent.fault();
      if (!names.add(sent.name()) && fault.isEmpty()) {
        fault = "duplicate name " + sent.name() + " found among added/updated resources";
      }
      take(subscription, sent, fault, check, now, applied);
    }
    if (update.whole() && subscription.wildcard()) {
      subscription.held().keySet().stream()
          .filter(name -> !names.contains(name))
          .forEach(applied.removed::add);
    }
    applied.removed.addAll(update.removed());
    subscription.held().keySet().removeAll(applied.removed);
    subscription.refused().keySet().removeAll(applied.removed);
    names.addAll(update.removed());
    subscription.heard(names);
    if (applied.faults.isEmpty()) {
      subscription.accepted(update.version());
    }
    return applied;
  }

  private static void take(
      Subscription subscription,
      Sent sent,
      String knownFault,
      XdsCheck check,
      Instant now,
      Applied applied) {
    String name = sent.name();
    ProtobufContent content = sent.content();
    if (content == null && knownFault.isEmpty()) {
      applied.unchanged.add(name);
      return;
    }
    if (knownFault.isEmpty() && !subscription.wants(name)) {
      applied.ignored.add(name);
      return;
    }
    String fault = knownFault;
    if (fault.isEmpty() && content != null) {
      fault = fault(new XdsResource(subscription.typeUrl(), name, sent.version(), content), check);
    }
    if (!fault.isEmpty()) {
      applied.refused.add(name);
      applied.faults.add(fault);
      if (content != null) {
        subscription.refused().put(name, new Refused(sent.version(), now, content, fault));
      }
      return;
    }
    if (content != null) {
      subscription.refused().remove(name);
      Held before = subscription.held().get(name);
      boolean same = before != null && before.content().meansSameAs(content);
      (before == null ? applied.added : same ? applied.unchanged : applied.changed).add(name);
      subscription
          .held()
          .put(
              name,
              same && before != null
                  ? new Held(sent.version(), before.since(), before.content())
                  : new Held(sent.version(), now, content));
    }
  }

  private static String fault(XdsResource resource, XdsCheck check) {
    String sentType = resource.content().typeUrl();
    // Envoy's types are always what they are asked for by; others, as istiod's debug types, may
    // not.
    if (!sentType.equals(resource.typeUrl()) && XdsType.of(resource.typeUrl()).isPresent()) {
      return "type URL "
          + sentType
          + " embedded in an individual Any does not match the message-wide type URL "
          + resource.typeUrl();
    }
    if (resource.name().isEmpty()) {
      return "a resource has no name";
    }
    try {
      // Reads it, so that what cannot be read is refused.
      resource.content().references();
    } catch (EnvoyConfigException e) {
      return resource.name() + ": " + e.getMessage();
    }
    try {
      return check.fault(resource).map(reason -> resource.name() + ": " + reason).orElse("");
    } catch (RuntimeException e) {
      LOG.warn("The check of {} threw; the resource is refused", resource, e);
      return resource.name() + ": the check threw " + e;
    }
  }

  /** What follows from a response. */
  List<Change> follow(Subscription subscription, Applied applied) {
    boolean isFirst = !byType.containsKey(XdsType.LISTENERS.typeUrl());
    boolean mayRefer = XdsType.of(subscription.typeUrl()).map(XdsType::refersToOthers).orElse(true);
    // A thousand proxies with thousands of clusters need not look at all for each endpoint.
    return isFirst || (mayRefer && applied.isChange()) ? follow() : List.of();
  }

  private List<Change> follow() {
    Set<String> endpoints = startingWith(XdsType.ENDPOINTS);
    Set<String> routes = startingWith(XdsType.ROUTES);
    Set<String> secrets = startingWith(XdsType.SECRETS);
    Set<String> extensions = startingWith(XdsType.EXTENSIONS);
    boolean scopedRoutes = false;
    for (Subscription subscription : byType.values()) {
      for (Held held : subscription.held().values()) {
        ResourceReferences references = held.content().references();
        endpoints.addAll(references.endpoints());
        routes.addAll(references.routes());
        secrets.addAll(references.secrets());
        extensions.addAll(references.extensions());
        scopedRoutes |= references.scopedRoutes();
      }
    }
    List<Change> changes = new ArrayList<>();
    follow(XdsType.ENDPOINTS, endpoints, changes);
    // Envoy asks for listeners when it has clusters, so that it has somewhere to send requests.
    if (isAnswered(XdsType.CLUSTERS)) {
      followAll(XdsType.LISTENERS, changes);
    }
    if (scopedRoutes) {
      followAll(XdsType.SCOPED_ROUTES, changes);
    }
    follow(XdsType.ROUTES, routes, changes);
    follow(XdsType.SECRETS, secrets, changes);
    follow(XdsType.EXTENSIONS, extensions, changes);
    return changes;
  }

  private Set<String> startingWith(XdsType type) {
    return new TreeSet<>(further.getOrDefault(type.typeUrl(), Set.of()));
  }

  private boolean isAnswered(XdsType type) {
    Subscription subscription = byType.get(type.typeUrl());
    return subscription != null && subscription.answered();
  }

  private void followAll(XdsType type, List<Change> changes) {
    if (!byType.containsKey(type.typeUrl())) {
      Subscription subscription = begin(type.typeUrl(), true);
      subscription.askedAnew();
      changes.add(new Change(subscription, Set.of(), Set.of()));
    }
  }

  private void follow(XdsType type, Set<String> wanted, List<Change> changes) {
    Subscription subscription = byType.get(type.typeUrl());
    if (subscription == null) {
      if (wanted.isEmpty()) {
        return;
      }
      subscription = begin(type.typeUrl(), false);
    }
    if (subscription.wildcard() || subscription.wanted().equals(wanted)) {
      return;
    }
    Set<String> added = new TreeSet<>(wanted);
    added.removeAll(subscription.wanted());
    Set<String> removed = new TreeSet<>(subscription.wanted());
    removed.removeAll(wanted);
    subscription.want(wanted);
    subscription.asked(added);
    changes.add(new Change(subscription, added, removed));
  }

  private Subscription begin(String typeUrl, boolean wildcard) {
    return byType.computeIfAbsent(typeUrl, url -> new Subscription(url, wildcard));
  }
}
