package dev.pilothouse.envoy.xds;

import dev.pilothouse.envoy.ConfigSection;
import java.util.Optional;

/** A type of resource that Envoy asks a control plane for. */
public enum XdsType {
  /** Clusters (CDS). */
  CLUSTERS("CDS", "envoy.config.cluster.v3.Cluster", ConfigSection.DYNAMIC_ACTIVE_CLUSTERS),
  /** Endpoints (EDS). */
  ENDPOINTS(
      "EDS",
      "envoy.config.endpoint.v3.ClusterLoadAssignment",
      ConfigSection.DYNAMIC_ENDPOINT_CONFIGS),
  /** Listeners (LDS). */
  LISTENERS("LDS", "envoy.config.listener.v3.Listener", ConfigSection.DYNAMIC_LISTENERS),
  /** Scoped routes (SRDS). */
  SCOPED_ROUTES(
      "SRDS",
      "envoy.config.route.v3.ScopedRouteConfiguration",
      ConfigSection.DYNAMIC_SCOPED_ROUTE_CONFIGS),
  /** Route configurations (RDS). */
  ROUTES("RDS", "envoy.config.route.v3.RouteConfiguration", ConfigSection.DYNAMIC_ROUTE_CONFIGS),
  /** Secrets (SDS). */
  SECRETS(
      "SDS",
      "envoy.extensions.transport_sockets.tls.v3.Secret",
      ConfigSection.DYNAMIC_ACTIVE_SECRETS),
  /** Filters (ECDS). */
  EXTENSIONS("ECDS", "envoy.config.core.v3.TypedExtensionConfig", ConfigSection.ECDS_FILTERS);

  private static final String PREFIX = "type.googleapis.com/";

  private final String shortName;
  private final String typeUrl;
  private final ConfigSection section;

  XdsType(String shortName, String message, ConfigSection section) {
    this.shortName = shortName;
    this.typeUrl = PREFIX + message;
    this.section = section;
  }

  /**
   * What people call it.
   *
   * @return for example {@code CDS}
   */
  public String shortName() {
    return shortName;
  }

  /**
   * The type of its messages.
   *
   * @return for example {@code type.googleapis.com/envoy.config.cluster.v3.Cluster}
   */
  public String typeUrl() {
    return typeUrl;
  }

  /**
   * The type with this URL.
   *
   * @param typeUrl the URL
   * @return the type, or empty when Envoy does not ask for it by itself
   */
  public static Optional<XdsType> of(String typeUrl) {
    for (XdsType type : values()) {
      if (type.typeUrl.equals(typeUrl)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  ConfigSection section() {
    return section;
  }

  /** Whether Envoy asks for all there are, not by name. */
  boolean isWildcard() {
    return this == CLUSTERS || this == LISTENERS || this == SCOPED_ROUTES;
  }

  /** Whether its resources may name resources of other types. */
  boolean refersToOthers() {
    return this != ENDPOINTS && this != ROUTES && this != SECRETS;
  }

  /** A short name for any type: {@code CDS}, {@code NameTable}. */
  static String shortName(String typeUrl) {
    return of(typeUrl)
        .map(XdsType::shortName)
        .orElseGet(
            () ->
                typeUrl.substring(
                    Math.max(typeUrl.lastIndexOf('.'), typeUrl.lastIndexOf('/')) + 1));
  }
}
