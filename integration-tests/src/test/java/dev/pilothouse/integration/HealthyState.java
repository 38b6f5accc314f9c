package dev.pilothouse.integration;

import static dev.pilothouse.integration.DoctorManifests.BROKEN_LISTENER;
import static dev.pilothouse.integration.DoctorManifests.badFilter;
import static dev.pilothouse.integration.DoctorManifests.filter;
import static dev.pilothouse.integration.DoctorManifests.gateway;
import static dev.pilothouse.integration.DoctorManifests.policy;
import static dev.pilothouse.integration.DoctorManifests.route;
import static dev.pilothouse.integration.DoctorManifests.rule;
import static dev.pilothouse.integration.DoctorManifests.toHttpbin;

import java.util.List;
import java.util.stream.Stream;

/**
 * A state in which all is well, of a mesh that has client, httpbin (HTTP 8000, TCP 9000) and the
 * gateway gw (HTTP 8080).
 *
 * @param name what is special
 * @param yaml what is applied
 * @param kind the resource that is asked about
 * @param resource its namespace and name
 * @param proxy for which proxy
 */
record HealthyState(String name, String yaml, String kind, String resource, String proxy) {
  /** A public key whose private half nobody has kept. */
  private static final String JWKS =
      "{\"keys\": [{\"kty\": \"RSA\", \"e\": \"AQAB\", \"n\": \""
          + "vp6gj4QntZX0nC3A8D6VBz8L4st4uCJ7hufbgq5ZsuySrduZBMrYlkEwF55ZOwkuREY28Joob8Byoa39"
          + "WISyMKJySvAsJaWDh7_lUgXO7NdaNFdh4pVtVOAUUiDlZOikYUGVUzRad_zPptvjMBmlFO3d4-GZ3Dxg"
          + "gQf3b9rGaAdbim2cHxoJKxeEDiqLtJgRrPqyBbCUMAQoja7Bf8aNCua4ogY1H5H0ObTvztsH_hw_2Dmc"
          + "2c-BEhCQjNInF0feM1Mqp94nv97FSdqUyJgww9wqXvfO6bMSGDJJk4QOaaPDvEWByThWgElLdc12___n"
          + "idt_GMuwLKaZSuG6dlP-tw"
          + "\"}]}";

  @Override
  public String toString() {
    return name;
  }

  static List<HealthyState> all() {
    return Stream.of(first(), HealthySettings.all()).flatMap(List::stream).toList();
  }

  private static List<HealthyState> first() {
    return List.of(
        new HealthyState(
            "a VirtualService",
            route("default", "httpbin", toHttpbin("hosts: [httpbin]")),
            "VirtualService",
            "default/httpbin",
            "client"),
        new HealthyState(
            "a VirtualService of another namespace",
            route("other", "from-afar", toHttpbin("hosts: [httpbin.default.svc.cluster.local]")),
            "VirtualService",
            "other/from-afar",
            "client"),
        new HealthyState(
            "a VirtualService at a gateway",
            gateway("gw", "httpbin.example.com")
                + route(
                    "default",
                    "httpbin",
                    toHttpbin("hosts: [httpbin.example.com]\ngateways: [edge]")),
            "VirtualService",
            "default/httpbin",
            "gw"),
        new HealthyState("a Gateway", gateway("gw", "*"), "Gateway", "default/edge", "gw"),
        new HealthyState(
            "a DestinationRule with a subset",
            rule(
                "default",
                "httpbin",
                "host: httpbin, trafficPolicy: {loadBalancer: {simple: RANDOM}}, subsets: [{name: v1,"
                    + " labels: {version: v1}}]"),
            "DestinationRule",
            "default/httpbin",
            "client"),
        new HealthyState(
            "a DestinationRule of the root namespace for all",
            rule(
                "istio-system",
                "all",
                "host: \"*.svc.cluster.local\", trafficPolicy: {connectionPool: {tcp:"
                    + " {maxConnections: 7}}}"),
            "DestinationRule",
            "istio-system/all",
            "client"),
        new HealthyState(
            "a ServiceEntry",
            """
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {namespace: other, name: outside}
            spec:
              hosts: [outside.example.com]
              ports: [{number: 8000, name: http, protocol: HTTP}]
              resolution: STATIC
              endpoints: [{address: 127.0.0.1}]
            """,
            "ServiceEntry",
            "other/outside",
            "client"),
        new HealthyState(
            "an AuthorizationPolicy",
            policy("default", "httpbin"),
            "AuthorizationPolicy",
            "default/get",
            "httpbin"),
        new HealthyState(
            "an EnvoyFilter",
            filter("httpbin", "SIDECAR_INBOUND"),
            "EnvoyFilter",
            "default/added",
            "httpbin"),
        new HealthyState(
            "a PeerAuthentication",
            """
            apiVersion: security.istio.io/v1
            kind: PeerAuthentication
            metadata: {namespace: default, name: open}
            spec: {mtls: {mode: PERMISSIVE}}
            """,
            "PeerAuthentication",
            "default/open",
            "client"),
        new HealthyState(
            "a Sidecar",
            """
            apiVersion: networking.istio.io/v1
            kind: Sidecar
            metadata: {namespace: default, name: own}
            spec:
              workloadSelector: {labels: {app: client}}
              egress: [{hosts: ["./*"]}]
            """,
            "Sidecar",
            "default/own",
            "client"),
        new HealthyState(
            "a VirtualService with TCP routes",
            route(
                "default",
                "httpbin",
                """
                hosts: [httpbin]
                tcp:
                - match: [{port: 9000}]
                  route: [{destination: {host: httpbin, port: {number: 9000}}}]
                """),
            "VirtualService",
            "default/httpbin",
            "client"),
        new HealthyState(
            "a VirtualService that redirects, with several matches",
            route(
                "default",
                "httpbin",
                """
                hosts: [httpbin, httpbin.default.svc.cluster.local]
                http:
                - match: [{uri: {prefix: /old}}, {headers: {x-old: {exact: "yes"}}}]
                  redirect: {uri: /new}
                - name: rest
                  timeout: 3s
                  retries: {attempts: 2}
                  route: [{destination: {host: httpbin, port: {number: 8000}}}]
                """),
            "VirtualService",
            "default/httpbin",
            "client"),
        new HealthyState(
            "a delegate",
            route(
                    "default",
                    "root",
                    """
                    hosts: [httpbin]
                    http: [{match: [{uri: {prefix: /d}}], delegate: {name: part, namespace: other}}]
                    """)
                + route(
                    "other",
                    "part",
                    "http: [{route: [{destination: {host: httpbin.default.svc.cluster.local}}]}]\n"),
            "VirtualService",
            "other/part",
            "client"),
        new HealthyState(
            "a DestinationRule merged behind another one, with a subset of its own",
            rule("default", "a", "host: httpbin, trafficPolicy: {loadBalancer: {simple: RANDOM}}")
                + rule(
                    "default", "b", "host: httpbin, subsets: [{name: b, labels: {version: v1}}]"),
            "DestinationRule",
            "default/b",
            "client"),
        new HealthyState(
            "a DestinationRule for some callers",
            rule(
                "default",
                "httpbin",
                "host: httpbin, workloadSelector: {matchLabels: {app: client}}, trafficPolicy:"
                    + " {loadBalancer: {simple: RANDOM}}"),
            "DestinationRule",
            "default/httpbin",
            "client"),
        new HealthyState(
            "an AuthorizationPolicy that allows nothing",
            """
            apiVersion: security.istio.io/v1
            kind: AuthorizationPolicy
            metadata: {namespace: default, name: nothing}
            spec: {selector: {matchLabels: {app: httpbin}}}
            """,
            "AuthorizationPolicy",
            "default/nothing",
            "httpbin"),
        new HealthyState(
            "an EnvoyFilter that merges",
            """
            apiVersion: networking.istio.io/v1alpha3
            kind: EnvoyFilter
            metadata: {namespace: default, name: merges}
            spec:
              workloadSelector: {labels: {app: client}}
              configPatches:
              - applyTo: CLUSTER
                match: {context: SIDECAR_OUTBOUND}
                patch: {operation: MERGE, value: {connect_timeout: 7s}}
            """,
            "EnvoyFilter",
            "default/merges",
            "client"),
        new HealthyState(
            "a RequestAuthentication",
            """
            apiVersion: security.istio.io/v1
            kind: RequestAuthentication
            metadata: {namespace: default, name: jwt}
            spec:
              selector: {matchLabels: {app: httpbin}}
              jwtRules: [{issuer: doctor@example.com, jwks: '%s'}]
            """
                .formatted(JWKS),
            "RequestAuthentication",
            "default/jwt",
            "httpbin"),
        new HealthyState(
            "a ServiceEntry of TCP, beside it a VirtualService of TLS",
            """
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {namespace: default, name: tls}
            spec:
              hosts: [tls.example.com]
              ports: [{number: 8443, name: tls, protocol: TLS}]
              resolution: STATIC
              endpoints: [{address: 127.0.0.1}]
            ---
            """
                + route(
                    "default",
                    "tls",
                    """
                    hosts: [tls.example.com]
                    tls:
                    - match: [{port: 8443, sniHosts: [tls.example.com]}]
                      route: [{destination: {host: tls.example.com, port: {number: 8443}}}]
                    """),
            "VirtualService",
            "default/tls",
            "client"),
        new HealthyState(
            "a VirtualService while Envoy rejects something else",
            badFilter("HTTP_FILTER", "httpbin", BROKEN_LISTENER)
                + route("default", "httpbin", toHttpbin("hosts: [httpbin]")),
            "VirtualService",
            "default/httpbin",
            "httpbin"));
  }
}
