package dev.pilothouse.integration;

import static dev.pilothouse.integration.DoctorManifests.istio;

import dev.pilothouse.doctor.Link;
import java.util.List;

/** Broken states of what is chosen by namespace and selector. */
final class BrokenSettings {
  private static final String HEADER =
      "patch: {operation: INSERT_FIRST, value: {name: doctor.%s, typed_config: {'@type':"
          + " type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutation}}}";

  /** Leads from another port to httpbin's. */
  static final String OTHER_PORT =
      """
      apiVersion: v1
      kind: Service
      metadata: {namespace: default, name: web}
      spec: {selector: {app: httpbin}, ports: [{name: http-web, port: 8081, targetPort: 8000}]}
      ---
      """;

  private BrokenSettings() {}

  static List<BrokenState> all() {
    return List.of(
        new BrokenState(
            "a Sidecar of the root namespace, where the namespace has one of the same name",
            sidecar("istio-system/default", "*/*") + sidecar("default/default", "./*"),
            "Sidecar",
            "istio-system/default",
            "client",
            Link.RELEVANT,
            "another Sidecar wins: Sidecar default/default"),
        new BrokenState(
            "the second Sidecar without a selector",
            sidecar("default/a", "./*") + sidecar("default/b", "*/*"),
            "Sidecar",
            "default/b",
            "client",
            Link.RELEVANT,
            "another Sidecar wins: Sidecar default/a"),
        new BrokenState(
            "a Sidecar, asked for at a gateway",
            sidecar("default/a", "./*"),
            "Sidecar",
            "default/a",
            "gw",
            Link.RELEVANT,
            "this proxy is a gateway"),
        new BrokenState(
            "a Sidecar with a host that is misspelt",
            sidecar("default/a", "./httpbim.default.svc.cluster.local"),
            "Sidecar",
            "default/a",
            "client",
            Link.GENERATED,
            "did you mean httpbin.default.svc.cluster.local"),
        new BrokenState(
            "a Sidecar with a namespace that is misspelt",
            istio("Sidecar", "default/a", "egress: [{hosts: ['./*', 'othr/*']}]"),
            "Sidecar",
            "default/a",
            "client",
            Link.GENERATED,
            "othr/* is of a namespace that is not there"),
        new BrokenState(
            "the second PeerAuthentication of the mesh",
            istio("PeerAuthentication", "istio-system/a", "mtls: {mode: PERMISSIVE}")
                + istio("PeerAuthentication", "istio-system/b", "mtls: {mode: DISABLE}"),
            "PeerAuthentication",
            "istio-system/b",
            "client",
            Link.RELEVANT,
            "PeerAuthentication istio-system/a"),
        new BrokenState(
            "a PeerAuthentication, asked for at a gateway",
            istio("PeerAuthentication", "default/a", "mtls: {mode: STRICT}"),
            "PeerAuthentication",
            "default/a",
            "gw",
            Link.RELEVANT,
            "told by their Gateways"),
        new BrokenState(
            "the second Telemetry of a namespace",
            istio("Telemetry", "default/a", "accessLogging: [{providers: [{name: envoy}]}]")
                + istio("Telemetry", "default/b", "accessLogging: [{disabled: true}]"),
            "Telemetry",
            "default/b",
            "client",
            Link.RELEVANT,
            "Telemetry default/a"),
        new BrokenState(
            "a Telemetry that a nearer one overrides",
            istio("Telemetry", "istio-system/a", "accessLogging: [{providers: [{name: envoy}]}]")
                + istio(
                    "Telemetry",
                    "default/b",
                    "selector: {matchLabels: {app: client}}, accessLogging: [{providers: [{name:"
                        + " envoy}], disabled: true}]"),
            "Telemetry",
            "istio-system/a",
            "client",
            Link.GENERATED,
            "that of Telemetry default/b does"),
        new BrokenState(
            "a Telemetry of a provider that the mesh does not have",
            istio("Telemetry", "default/a", "accessLogging: [{providers: [{name: envoi}]}]"),
            "Telemetry",
            "default/a",
            "client",
            Link.GENERATED,
            "no extension provider envoi (did you mean envoy?)"),
        new BrokenState(
            "tracing without a provider",
            istio("Telemetry", "default/a", "tracing: [{randomSamplingPercentage: 50}]"),
            "Telemetry",
            "default/a",
            "client",
            Link.GENERATED,
            "tracing names no provider"),
        new BrokenState(
            "an EnvoyFilter that merges into no cluster",
            filter(
                "applyTo: CLUSTER, match: {context: SIDECAR_OUTBOUND, cluster: {service:"
                    + " httpbim.default.svc.cluster.local}}, patch: {operation: MERGE, value:"
                    + " {connect_timeout: 7s}}"),
            "EnvoyFilter",
            "default/added",
            "client",
            Link.GENERATED,
            "did you mean httpbin.default.svc.cluster.local"),
        new BrokenState(
            "an EnvoyFilter that merges into no virtual host",
            filter(
                "applyTo: VIRTUAL_HOST, match: {context: SIDECAR_OUTBOUND, routeConfiguration:"
                    + " {vhost: {name: 'httpbin:8000'}}}, patch: {operation: MERGE, value:"
                    + " {include_request_attempt_count: true}}"),
            "EnvoyFilter",
            "default/added",
            "client",
            Link.GENERATED,
            "it asks for httpbin:8000"),
        new BrokenState(
            "an EnvoyFilter for gateways at a sidecar",
            filter("applyTo: HTTP_FILTER, match: {context: GATEWAY}, " + HEADER.formatted("one")),
            "EnvoyFilter",
            "default/added",
            "client",
            Link.RELEVANT,
            "has context GATEWAY"),
        new BrokenState(
            "an EnvoyFilter for proxies of long ago",
            filter(
                "applyTo: HTTP_FILTER, match: {context: SIDECAR_OUTBOUND, proxy: {proxyVersion:"
                    + " '^1\\.9.*'}}, "
                    + HEADER.formatted("one")),
            "EnvoyFilter",
            "default/added",
            "client",
            Link.RELEVANT,
            "is for proxyVersion ^1\\.9.*"),
        new BrokenState(
            "an EnvoyFilter of whose patches one finds no place",
            istio(
                "EnvoyFilter",
                "default/added",
                "workloadSelector: {labels: {app: client}}, configPatches: [{applyTo: HTTP_FILTER,"
                    + " match: {context: SIDECAR_OUTBOUND}, "
                    + HEADER.formatted("one")
                    + "}, {applyTo: HTTP_FILTER, match: {context: SIDECAR_OUTBOUND, listener:"
                    + " {filterChain: {filter: {name:"
                    + " envoy.filters.network.http_connection_manager, subFilter: {name:"
                    + " envoy.filters.http.rooter}}}}}, "
                    + HEADER.formatted("two").replace("INSERT_FIRST", "INSERT_BEFORE")
                    + "}]"),
            "EnvoyFilter",
            "default/added",
            "client",
            Link.GENERATED,
            "envoy.filters.http.rooter (did you mean envoy.filters.http.router"),
        new BrokenState(
            "a policy of callers where nobody takes mutual TLS",
            policy(
                "rules: [{from: [{source: {principals: ['cluster.local/ns/default/sa/client']}}]}]"),
            "AuthorizationPolicy",
            "default/p",
            "httpbin",
            Link.EFFECTIVE,
            "no inbound port of the proxy takes mutual TLS"),
        new BrokenState(
            "a policy of tokens that nobody reads",
            policy("rules: [{from: [{source: {requestPrincipals: ['*']}}]}]"),
            "AuthorizationPolicy",
            "default/p",
            "httpbin",
            Link.EFFECTIVE,
            "no RequestAuthentication"),
        new BrokenState(
            "a policy for the Service's port",
            OTHER_PORT + policy("rules: [{to: [{operation: {ports: ['8081']}}]}]"),
            "AuthorizationPolicy",
            "default/p",
            "httpbin",
            Link.EFFECTIVE,
            "8081 is the port of the Service web.default.svc.cluster.local"),
        new BrokenState(
            "a policy of a provider that the mesh does not have",
            policy(
                "action: CUSTOM, provider: {name: nosuch}, rules: [{to: [{operation: {paths:"
                    + " ['/x']}}]}]"),
            "AuthorizationPolicy",
            "default/p",
            "httpbin",
            Link.EFFECTIVE,
            "it denies everything"),
        new BrokenState(
            "a policy that is a dry run",
            policy("action: DENY, rules: [{to: [{operation: {paths: ['/x']}}]}]")
                .replace("name: p}", "name: p, annotations: {istio.io/dry-run: \"true\"}}"),
            "AuthorizationPolicy",
            "default/p",
            "httpbin",
            Link.EFFECTIVE,
            "it is a dry run"));
  }

  private static String sidecar(String of, String host) {
    return istio("Sidecar", of, "egress: [{hosts: ['" + host + "']}]");
  }

  private static String filter(String patch) {
    return istio(
        "EnvoyFilter",
        "default/added",
        "workloadSelector: {labels: {app: client}}, configPatches: [{" + patch + "}]");
  }

  private static String policy(String spec) {
    return istio(
        "AuthorizationPolicy", "default/p", "selector: {matchLabels: {app: httpbin}}, " + spec);
  }
}
