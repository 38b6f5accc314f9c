package dev.pilothouse.envoy.trace;

import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;

/** What surrounds a route. */
record TableContext(
    RouteConfiguration table,
    VirtualHost host,
    ClusterIndex clusters,
    RuntimeSettings runtime,
    UnknownParts unknownParts) {}
