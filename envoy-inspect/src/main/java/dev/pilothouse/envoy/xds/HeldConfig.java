package dev.pilothouse.envoy.xds;

import dev.pilothouse.envoy.ConfigSection;
import dev.pilothouse.envoy.DiscoveredResource;
import dev.pilothouse.envoy.ProtobufContent;
import dev.pilothouse.envoy.Resource.State;
import dev.pilothouse.envoy.ResourceReferences;
import dev.pilothouse.envoy.xds.Subscription.Held;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Shows what a proxy holds as an Envoy would show it in its dump. */
final class HeldConfig {
  private final Holdings holdings;
  private final List<DiscoveredResource> resources = new ArrayList<>();

  private HeldConfig(Holdings holdings) {
    this.holdings = holdings;
  }

  static List<DiscoveredResource> of(Holdings holdings) {
    HeldConfig config = new HeldConfig(holdings);
    for (XdsType type : XdsType.values()) {
      config.add(type);
    }
    config.addInlineRoutes();
    return config.resources;
  }

  private void add(XdsType type) {
    Subscription subscription = holdings.subscription(type.typeUrl());
    if (subscription == null) {
      return;
    }
    subscription
        .held()
        .forEach(
            (name, held) -> {
              State state = isWaiting(held.content()) ? State.WARMING : State.ACTIVE;
              add(section(type, state), state, name, held);
            });
    subscription
        .refused()
        .forEach(
            (name, refused) ->
                resources.add(
                    new DiscoveredResource(
                        type.section(),
                        State.REJECTED,
                        name,
                        refused.version(),
                        refused.at(),
                        refused.reason(),
                        refused.content())));
    if (type == XdsType.SECRETS) {
      addMissingSecrets(subscription);
    }
  }

  private void add(ConfigSection section, State state, String name, Held held) {
    resources.add(
        new DiscoveredResource(
            section, state, name, held.version(), held.since(), "", held.content()));
  }

  private static ConfigSection section(XdsType type, State state) {
    return type == XdsType.CLUSTERS && state == State.WARMING
        ? ConfigSection.DYNAMIC_WARMING_CLUSTERS
        : type.section();
  }

  /** Envoy shows a secret that has not come by its name. */
  private void addMissingSecrets(Subscription secrets) {
    for (String name : secrets.wanted()) {
      if (!secrets.held().containsKey(name)) {
        resources.add(
            new DiscoveredResource(
                ConfigSection.DYNAMIC_WARMING_SECRETS, State.WARMING, name, "", null, "", null));
      }
    }
  }

  /** Envoy shows route configurations that are written inside listeners beside the others. */
  private void addInlineRoutes() {
    Subscription listeners = holdings.subscription(XdsType.LISTENERS.typeUrl());
    if (listeners == null) {
      return;
    }
    for (Map.Entry<String, Held> listener : listeners.held().entrySet()) {
      for (ProtobufContent route : listener.getValue().content().references().inlineRoutes()) {
        add(
            ConfigSection.STATIC_ROUTE_CONFIGS,
            State.ACTIVE,
            route.name(),
            new Held("", listener.getValue().since(), route));
      }
    }
  }

  /** Whether it needs something that was asked for and has not come. */
  private boolean isWaiting(ProtobufContent content) {
    ResourceReferences references = content.references();
    return isMissing(XdsType.ENDPOINTS, references.endpoints())
        || isMissing(XdsType.ROUTES, references.routes())
        || isMissing(XdsType.SECRETS, references.secrets())
        || isMissing(XdsType.EXTENSIONS, references.extensions());
  }

  private boolean isMissing(XdsType type, Set<String> names) {
    if (names.isEmpty()) {
      return false;
    }
    Subscription subscription = holdings.subscription(type.typeUrl());
    return subscription == null || !subscription.held().keySet().containsAll(names);
  }
}
