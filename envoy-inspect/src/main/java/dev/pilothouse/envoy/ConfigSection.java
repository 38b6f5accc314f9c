package dev.pilothouse.envoy;

import dev.pilothouse.envoy.Resource.Origin;
import dev.pilothouse.envoy.Resource.State;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A part of Envoy's config dump. Each is a field of one of the messages {@code
 * envoy.admin.v3.*ConfigDump}; Envoy's admin interface can be asked for one alone.
 */
public enum ConfigSection {
  /** What Envoy was started with. */
  BOOTSTRAP(
      "BootstrapConfigDump", "", "bootstrap", "envoy.config.bootstrap.v3.Bootstrap", State.ACTIVE),
  /** Listeners of the bootstrap. */
  STATIC_LISTENERS(
      "ListenersConfigDump",
      "StaticListener",
      "listener",
      "envoy.config.listener.v3.Listener",
      State.ACTIVE),
  /** Listeners from LDS: active, warming, draining and rejected ones. */
  DYNAMIC_LISTENERS(
      "ListenersConfigDump",
      "DynamicListener",
      "",
      "envoy.config.listener.v3.Listener",
      State.UNKNOWN),
  /** Clusters of the bootstrap. */
  STATIC_CLUSTERS(
      "ClustersConfigDump",
      "StaticCluster",
      "cluster",
      "envoy.config.cluster.v3.Cluster",
      State.ACTIVE),
  /** Clusters from CDS that are in use. */
  DYNAMIC_ACTIVE_CLUSTERS(
      "ClustersConfigDump",
      "DynamicCluster",
      "cluster",
      "envoy.config.cluster.v3.Cluster",
      State.ACTIVE),
  /** Clusters from CDS that wait for something, as their endpoints or secrets. */
  DYNAMIC_WARMING_CLUSTERS(
      "ClustersConfigDump",
      "DynamicCluster",
      "cluster",
      "envoy.config.cluster.v3.Cluster",
      State.WARMING),
  /** Route configurations that are written inside a listener. */
  STATIC_ROUTE_CONFIGS(
      "RoutesConfigDump",
      "StaticRouteConfig",
      "route_config",
      "envoy.config.route.v3.RouteConfiguration",
      State.ACTIVE),
  /** Route configurations from RDS. */
  DYNAMIC_ROUTE_CONFIGS(
      "RoutesConfigDump",
      "DynamicRouteConfig",
      "route_config",
      "envoy.config.route.v3.RouteConfiguration",
      State.ACTIVE),
  /** Scoped routes that are written inside a listener. */
  INLINE_SCOPED_ROUTE_CONFIGS(
      "ScopedRoutesConfigDump",
      "InlineScopedRouteConfigs",
      "scoped_route_configs",
      "envoy.config.route.v3.ScopedRouteConfiguration",
      State.ACTIVE),
  /** Scoped routes from SRDS. */
  DYNAMIC_SCOPED_ROUTE_CONFIGS(
      "ScopedRoutesConfigDump",
      "DynamicScopedRouteConfigs",
      "scoped_route_configs",
      "envoy.config.route.v3.ScopedRouteConfiguration",
      State.ACTIVE),
  /** Endpoints of clusters of the bootstrap. */
  STATIC_ENDPOINT_CONFIGS(
      "EndpointsConfigDump",
      "StaticEndpointConfig",
      "endpoint_config",
      "envoy.config.endpoint.v3.ClusterLoadAssignment",
      State.ACTIVE),
  /** Endpoints of clusters from CDS, whether from EDS or of the cluster itself. */
  DYNAMIC_ENDPOINT_CONFIGS(
      "EndpointsConfigDump",
      "DynamicEndpointConfig",
      "endpoint_config",
      "envoy.config.endpoint.v3.ClusterLoadAssignment",
      State.ACTIVE),
  /** Secrets of the bootstrap. */
  STATIC_SECRETS(
      "SecretsConfigDump",
      "StaticSecret",
      "secret",
      "envoy.extensions.transport_sockets.tls.v3.Secret",
      State.ACTIVE),
  /** Secrets from SDS that are in use. */
  DYNAMIC_ACTIVE_SECRETS(
      "SecretsConfigDump",
      "DynamicSecret",
      "secret",
      "envoy.extensions.transport_sockets.tls.v3.Secret",
      State.ACTIVE),
  /** Secrets from SDS that have not arrived. */
  DYNAMIC_WARMING_SECRETS(
      "SecretsConfigDump",
      "DynamicSecret",
      "secret",
      "envoy.extensions.transport_sockets.tls.v3.Secret",
      State.WARMING),
  /** Filters from ECDS. */
  ECDS_FILTERS(
      "EcdsConfigDump",
      "EcdsFilterConfig",
      "ecds_filter",
      "envoy.config.core.v3.TypedExtensionConfig",
      State.ACTIVE);

  private static final String ADMIN_PACKAGE = "envoy.admin.v3.";
  private static final Set<String> DUMPS =
      Arrays.stream(values())
          .map(section -> ADMIN_PACKAGE + section.dump)
          .collect(Collectors.toUnmodifiableSet());
  private static final Map<String, ConfigSection> BY_FIELD = byField();
  private static final Map<String, ConfigSection> BY_RESOURCE = byResource();

  private final String dump;
  private final String entry;
  private final String payloadField;
  private final String payloadType;
  private final State state;

  ConfigSection(String dump, String entry, String payloadField, String payloadType, State state) {
    this.dump = dump;
    this.entry = entry;
    this.payloadField = payloadField;
    this.payloadType = payloadType;
    this.state = state;
  }

  /**
   * The name by which Envoy's admin interface knows it.
   *
   * @return for example {@code dynamic_route_configs}
   */
  public String fieldName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The field of an entry that holds the resource; empty where states hold it. */
  String payloadField() {
    return payloadField;
  }

  /** The field of the resource whose elements are read one by one; empty for none. */
  String parts() {
    return payloadField.equals("route_config") ? "virtual_hosts" : "";
  }

  String payloadTypeUrl() {
    return "type.googleapis.com/" + payloadType;
  }

  /** The type of the message whose field this is. */
  String dumpTypeUrl() {
    return "type.googleapis.com/" + ADMIN_PACKAGE + dump;
  }

  State state() {
    return state;
  }

  Origin origin() {
    return name().startsWith("DYNAMIC") || this == ECDS_FILTERS ? Origin.DYNAMIC : Origin.STATIC;
  }

  boolean needsIncludeEds() {
    return this == STATIC_ENDPOINT_CONFIGS || this == DYNAMIC_ENDPOINT_CONFIGS;
  }

  /**
   * The mask that leaves out what was rejected: its types may be unknown to Envoy, which then
   * cannot write the section as JSON at all.
   */
  String maskWithoutRejected() {
    String resource =
        this == DYNAMIC_LISTENERS
            ? "name,active_state,warming_state,draining_state"
            : "version_info,last_updated," + payloadField;
    return resource
        + ",error_state.details,error_state.last_update_attempt,error_state.version_info";
  }

  /** Whether only entries of this kind can hold something that Envoy rejected. */
  boolean mayHoldRejected() {
    return origin() == Origin.DYNAMIC;
  }

  /** Whether this is the name of a message that holds sections. */
  static boolean isDump(String message) {
    return DUMPS.contains(message);
  }

  /** The section that a control plane's resource of a type is in, or null. */
  static @Nullable ConfigSection ofResource(String typeUrl) {
    return BY_RESOURCE.get(typeUrl);
  }

  /** The section that a field of any dump message holds, or null. Takes both spellings. */
  static @Nullable ConfigSection ofField(String field) {
    return BY_FIELD.get(field);
  }

  /** The section that a field of a dump message holds, or null. Takes both spellings. */
  static @Nullable ConfigSection ofField(String message, String field) {
    ConfigSection section = BY_FIELD.get(field);
    return section != null && message.equals(ADMIN_PACKAGE + section.dump) ? section : null;
  }

  /** The section whose entries have this type, or null. Active and warming share one type. */
  static @Nullable ConfigSection ofEntry(String message, @Nullable ConfigSection asked) {
    if (asked != null && message.equals(asked.entryType())) {
      return asked;
    }
    for (ConfigSection section : values()) {
      if (message.equals(section.entryType())) {
        return section;
      }
    }
    return null;
  }

  /** Whether other sections have entries of this type, so that the type does not tell the state. */
  boolean sharesEntryType() {
    return Collections.frequency(
            Arrays.stream(values()).map(ConfigSection::entryType).toList(), entryType())
        > 1;
  }

  private String entryType() {
    return ADMIN_PACKAGE + dump + "." + entry;
  }

  private static Map<String, ConfigSection> byField() {
    Map<String, ConfigSection> fields = new HashMap<>();
    for (ConfigSection section : values()) {
      fields.put(section.fieldName(), section);
      fields.put(JsonNames.camel(section.fieldName()), section);
    }
    return Map.copyOf(fields);
  }

  private static Map<String, ConfigSection> byResource() {
    Map<String, ConfigSection> resources = new HashMap<>();
    for (ConfigSection section : values()) {
      if (section.origin() == Origin.DYNAMIC) {
        // What is active comes before what is warming.
        resources.putIfAbsent(section.payloadTypeUrl(), section);
      }
    }
    return Map.copyOf(resources);
  }
}
