package dev.pilothouse.integration;

import static dev.pilothouse.integration.DoctorManifests.gateway;
import static dev.pilothouse.integration.DoctorManifests.istio;
import static dev.pilothouse.integration.DoctorManifests.route;
import static dev.pilothouse.integration.DoctorManifests.rule;

import java.util.List;

/**
 * States in which all is well, next to those of {@link BrokenSettings} and {@link BrokenTraffic}.
 */
final class HealthySettings {
  private static final String TO_HTTPBIN =
      "route: [{destination: {host: httpbin.default.svc.cluster.local, port: {number: 8000}}}]";

  private HealthySettings() {}

  static List<HealthyState> all() {
    return List.of(
        new HealthyState(
            "a route behind a delegate without a match",
            route(
                    "default",
                    "root",
                    "hosts: [httpbin]\nhttp: [{delegate: {name: part}}, {" + TO_HTTPBIN + "}]")
                + route(
                    "default",
                    "part",
                    "http: [{match: [{uri: {prefix: /d}}], " + TO_HTTPBIN + "}]"),
            "VirtualService",
            "default/root",
            "client"),
        new HealthyState(
            "a route for some callers before one for the others",
            route(
                "default",
                "httpbin",
                "hosts: [httpbin]\nhttp: [{match: [{sourceLabels: {app: client}}], %1$s}, {%1$s}]"
                    .formatted(TO_HTTPBIN)),
            "VirtualService",
            "default/httpbin",
            "client"),
        new HealthyState(
            "the second VirtualService of a host on a gateway",
            gateway("gw", "*")
                + route(
                    "default",
                    "a",
                    "hosts: [a.example.com]\ngateways: [edge]\nhttp: [{" + TO_HTTPBIN + "}]")
                + route(
                    "default",
                    "b",
                    "hosts: [a.example.com]\ngateways: [edge]\n"
                        + "http: [{match: [{uri: {prefix: /b}}], "
                        + TO_HTTPBIN
                        + "}]"),
            "VirtualService",
            "default/b",
            "gw"),
        new HealthyState(
            "a weight of 0 for a subset without endpoints",
            rule(
                    "default",
                    "d",
                    "host: httpbin, subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels:"
                        + " {version: v2}}]")
                + route(
                    "default",
                    "httpbin",
                    """
                    hosts: [httpbin]
                    http:
                    - route:
                      - {destination: {host: httpbin, subset: v1}, weight: 100}
                      - {destination: {host: httpbin, subset: v2}, weight: 0}
                    """),
            "VirtualService",
            "default/httpbin",
            "client"),
        new HealthyState(
            "a Sidecar of the root namespace",
            istio("Sidecar", "istio-system/default", "egress: [{hosts: ['*/*']}]"),
            "Sidecar",
            "istio-system/default",
            "client"),
        new HealthyState(
            "a Sidecar of a namespace without services",
            istio("Sidecar", "default/a", "egress: [{hosts: ['./*', 'istio-system/*']}]"),
            "Sidecar",
            "default/a",
            "client"),
        new HealthyState(
            "a PeerAuthentication that turns mutual TLS off",
            istio("PeerAuthentication", "default/a", "mtls: {mode: STRICT}"),
            "PeerAuthentication",
            "default/pilothouse-httpbin",
            "httpbin"),
        new HealthyState(
            "a PeerAuthentication that a nearer one without a mode leaves alone",
            istio("PeerAuthentication", "default/a", "mtls: {mode: PERMISSIVE}")
                + istio(
                    "PeerAuthentication",
                    "default/b",
                    "selector: {matchLabels: {app: client}}, portLevelMtls: {8000: {mode:"
                        + " DISABLE}}"),
            "PeerAuthentication",
            "default/a",
            "client"),
        new HealthyState(
            "a Telemetry with access logs",
            istio("Telemetry", "default/a", "accessLogging: [{providers: [{name: envoy}]}]"),
            "Telemetry",
            "default/a",
            "client"),
        new HealthyState(
            "an EnvoyFilter that merges into a virtual host",
            filter(
                "client",
                "applyTo: VIRTUAL_HOST, match: {context: SIDECAR_OUTBOUND, routeConfiguration:"
                    + " {vhost: {name: 'httpbin.default.svc.cluster.local:8000'}}}, patch:"
                    + " {operation: MERGE, value: {include_request_attempt_count: true,"
                    + " request_headers_to_add: [{header: {key: x-a, value: b}}]}}"),
            "EnvoyFilter",
            "default/added",
            "client"),
        new HealthyState(
            "an EnvoyFilter that merges into the inbound cluster of a service",
            filter(
                "httpbin",
                "applyTo: CLUSTER, match: {context: SIDECAR_INBOUND, cluster: {service:"
                    + " httpbin.default.svc.cluster.local}}, patch: {operation: MERGE, value:"
                    + " {connect_timeout: 7s}}"),
            "EnvoyFilter",
            "default/added",
            "httpbin"),
        new HealthyState(
            "an EnvoyFilter that merges into a filter",
            filter(
                "httpbin",
                "applyTo: NETWORK_FILTER, match: {context: SIDECAR_INBOUND, listener: {filterChain:"
                    + " {filter: {name: envoy.filters.network.http_connection_manager}}}}, patch:"
                    + " {operation: MERGE, value: {typed_config: {'@type':"
                    + " type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager,"
                    + " server_name: doctor, common_http_protocol_options: {idle_timeout: 30s}}}}"),
            "EnvoyFilter",
            "default/added",
            "httpbin"));
  }

  private static String filter(String app, String patch) {
    return istio(
        "EnvoyFilter",
        "default/added",
        "workloadSelector: {labels: {app: " + app + "}}, configPatches: [{" + patch + "}]");
  }
}
