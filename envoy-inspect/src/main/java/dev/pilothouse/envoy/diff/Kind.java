package dev.pilothouse.envoy.diff;

import dev.pilothouse.envoy.ConfigSection;

/** What resources are of one kind, whatever section of the dump they stand in. */
enum Kind {
  BOOTSTRAP("bootstrap"),
  LISTENER("listener"),
  ROUTE_CONFIGURATION("route configuration"),
  SCOPED_ROUTE("scoped route"),
  CLUSTER("cluster"),
  ENDPOINTS("endpoints"),
  SECRET("secret"),
  ECDS_FILTER("ECDS filter");

  private final String words;

  Kind(String words) {
    this.words = words;
  }

  String words() {
    return words;
  }

  static Kind of(ConfigSection section) {
    return switch (section) {
      case BOOTSTRAP -> BOOTSTRAP;
      case STATIC_LISTENERS, DYNAMIC_LISTENERS -> LISTENER;
      case STATIC_CLUSTERS, DYNAMIC_ACTIVE_CLUSTERS, DYNAMIC_WARMING_CLUSTERS -> CLUSTER;
      case STATIC_ROUTE_CONFIGS, DYNAMIC_ROUTE_CONFIGS -> ROUTE_CONFIGURATION;
      case INLINE_SCOPED_ROUTE_CONFIGS, DYNAMIC_SCOPED_ROUTE_CONFIGS -> SCOPED_ROUTE;
      case STATIC_ENDPOINT_CONFIGS, DYNAMIC_ENDPOINT_CONFIGS -> ENDPOINTS;
      case STATIC_SECRETS, DYNAMIC_ACTIVE_SECRETS, DYNAMIC_WARMING_SECRETS -> SECRET;
      case ECDS_FILTERS -> ECDS_FILTER;
    };
  }
}
