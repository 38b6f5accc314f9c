package dev.pilothouse.integration;

import dev.pilothouse.doctor.Link;
import java.util.List;

/** States of a mesh that has client, httpbin (HTTP 8000) and the gateway gw (HTTP 8080). */
final class DoctorStates {
  /**
   * A broken state.
   *
   * @param name what is wrong
   * @param yaml what is applied
   * @param kind the resource that is asked about
   * @param resource its namespace and name
   * @param proxy for which proxy
   * @param link what is broken
   * @param words a part of the answer or its evidence
   */
  record Broken(
      String name,
      String yaml,
      String kind,
      String resource,
      String proxy,
      Link link,
      String words) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** A state in which all is well. */
  record Healthy(String yaml, String kind, String resource, String proxy) {
    @Override
    public String toString() {
      return kind + " " + resource + " in " + proxy;
    }
  }

  private DoctorStates() {}

  private static String route(String namespace, String name, String more) {
    return """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {namespace: %s, name: %s}
        spec:
        %s
        ---
        """
        .formatted(namespace, name, more.stripTrailing().indent(2));
  }

  private static String toHttpbin(String more) {
    return more
        + """

        http:
        - headers: {response: {set: {x-doctor: here}}}
          route: [{destination: {host: httpbin.default.svc.cluster.local, port: {number: 8000}}}]
        """;
  }

  private static String rule(String namespace, String name, String spec) {
    return """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {namespace: %s, name: %s}
        spec: {%s}
        ---
        """
        .formatted(namespace, name, spec);
  }

  private static String policy(String namespace, String app) {
    return """
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {namespace: %s, name: get}
        spec:
          selector: {matchLabels: {app: %s}}
          rules: [{to: [{operation: {methods: [GET]}}]}]
        ---
        """
        .formatted(namespace, app);
  }

  private static String gateway(String selector, String host) {
    return """
        apiVersion: networking.istio.io/v1
        kind: Gateway
        metadata: {namespace: default, name: edge}
        spec:
          selector: {istio: %s}
          servers: [{port: {number: 8080, name: http, protocol: HTTP}, hosts: ["%s"]}]
        ---
        """
        .formatted(selector, host);
  }

  private static String filter(String app, String context) {
    return """
        apiVersion: networking.istio.io/v1alpha3
        kind: EnvoyFilter
        metadata: {namespace: default, name: added}
        spec:
          workloadSelector: {labels: {app: %s}}
          configPatches:
          - applyTo: HTTP_FILTER
            match: {context: %s}
            patch:
              operation: INSERT_FIRST
              value:
                name: doctor.header
                typed_config:
                  '@type': type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutation
        ---
        """
        .formatted(app, context);
  }

  private static String badFilter(String applyTo, String app, String field) {
    return """
        apiVersion: networking.istio.io/v1alpha3
        kind: EnvoyFilter
        metadata: {namespace: default, name: bad}
        spec:
          workloadSelector: {labels: {app: %s}}
          configPatches:
          - applyTo: %s
        %s
        ---
        """
        .formatted(app, applyTo, field.stripTrailing().indent(4));
  }

  static List<Broken> broken() {
    String anyHttpbin = toHttpbin("hosts: [httpbin]");
    String brokenCluster =
        """
        match: {context: SIDECAR_OUTBOUND, cluster: {service: httpbin.default.svc.cluster.local}}
        patch:
          operation: MERGE
          value:
            transport_socket:
              name: no.such.socket
              typed_config:
                '@type': type.googleapis.com/udpa.type.v1.TypedStruct
                type_url: type.googleapis.com/no.such.Socket
        """;
    String brokenListener =
        """
        match: {context: SIDECAR_INBOUND}
        patch:
          operation: INSERT_FIRST
          value:
            name: no.such.filter
            typed_config:
              '@type': type.googleapis.com/udpa.type.v1.TypedStruct
              type_url: type.googleapis.com/no.such.Filter
        """;
    return List.of(
        new Broken(
            "another name",
            route("default", "httpbin", anyHttpbin),
            "VirtualService",
            "default/htpbin",
            "client",
            Link.ACCEPTED,
            "did you mean httpbin"),
        new Broken(
            "applied to another namespace",
            route("other", "httpbin", anyHttpbin),
            "VirtualService",
            "default/httpbin",
            "client",
            Link.ACCEPTED,
            "there is one of that name in namespace other"),
        new Broken(
            "labelled for another revision",
            route("default", "httpbin", anyHttpbin)
                .replace("name: httpbin}", "name: httpbin, labels: {istio.io/rev: canary}}"),
            "VirtualService",
            "default/httpbin",
            "client",
            Link.SEEN,
            "its label istio.io/rev is canary"),
        new Broken(
            "in a namespace that istiod does not read",
            route("hidden", "httpbin", toHttpbin("hosts: [httpbin.default.svc.cluster.local]")),
            "VirtualService",
            "hidden/httpbin",
            "client",
            Link.SEEN,
            "discoverySelectors"),
        new Broken(
            "exported to its own namespace only",
            route(
                "other",
                "httpbin",
                toHttpbin("hosts: [httpbin.default.svc.cluster.local]\nexportTo: [\".\"]")),
            "VirtualService",
            "other/httpbin",
            "client",
            Link.RELEVANT,
            "exportTo is [.]"),
        new Broken(
            "outside the Sidecar's egress hosts",
            """
            apiVersion: networking.istio.io/v1
            kind: Sidecar
            metadata: {namespace: default, name: narrow}
            spec:
              workloadSelector: {labels: {app: client}}
              egress: [{hosts: ["default/*"]}]
            ---
            """
                + route("other", "far", toHttpbin("hosts: [httpbin.default.svc.cluster.local]")),
            "VirtualService",
            "other/far",
            "client",
            Link.RELEVANT,
            "whose egress hosts are [default/*]"),
        new Broken(
            "bound to a gateway, asked for at a sidecar",
            gateway("gw", "httpbin.example.com")
                + route(
                    "default",
                    "httpbin",
                    toHttpbin("hosts: [httpbin.example.com]\ngateways: [edge]")),
            "VirtualService",
            "default/httpbin",
            "client",
            Link.RELEVANT,
            "this proxy is a sidecar"),
        new Broken(
            "bound to a Gateway that is not there",
            route(
                "default", "httpbin", toHttpbin("hosts: [httpbin.example.com]\ngateways: [egde]")),
            "VirtualService",
            "default/httpbin",
            "gw",
            Link.RELEVANT,
            "there is no Gateway default/egde"),
        new Broken(
            "its host is none of the Gateway's",
            gateway("gw", "shop.example.com")
                + route(
                    "default",
                    "httpbin",
                    toHttpbin("hosts: [httpbin.example.com]\ngateways: [edge]")),
            "VirtualService",
            "default/httpbin",
            "gw",
            Link.RELEVANT,
            "serves the hosts [shop.example.com]"),
        new Broken(
            "the Gateway selects other proxies",
            gateway("ingressgateway", "*"),
            "Gateway",
            "default/edge",
            "gw",
            Link.RELEVANT,
            "istio=ingressgateway (it has gw)"),
        new Broken(
            "for callers with other labels",
            route(
                "default",
                "httpbin",
                """
                hosts: [httpbin]
                http:
                - match: [{sourceLabels: {app: frontend}}]
                  route: [{destination: {host: httpbin}}]
                """),
            "VirtualService",
            "default/httpbin",
            "client",
            Link.RELEVANT,
            "app=frontend (it has client)"),
        new Broken(
            "a policy that selects nobody",
            policy("default", "httpbni"),
            "AuthorizationPolicy",
            "default/get",
            "httpbin",
            Link.RELEVANT,
            "app=httpbni (it has httpbin)"),
        new Broken(
            "a policy in another namespace",
            policy("other", "httpbin"),
            "AuthorizationPolicy",
            "other/get",
            "httpbin",
            Link.RELEVANT,
            "its namespace is other"),
        new Broken(
            "an EnvoyFilter for another workload",
            filter("server", "SIDECAR_INBOUND"),
            "EnvoyFilter",
            "default/added",
            "httpbin",
            Link.RELEVANT,
            "app=server (it has httpbin)"),
        new Broken(
            "a rule of a host that is misspelt",
            rule(
                "default",
                "httpbin",
                "host: httpbim, trafficPolicy: {loadBalancer: {simple: RANDOM}}"),
            "DestinationRule",
            "default/httpbin",
            "client",
            Link.RELEVANT,
            "did you mean httpbin.default.svc.cluster.local"),
        new Broken(
            "a rule whose short host is of its own namespace",
            rule(
                "other",
                "httpbin",
                "host: httpbin, trafficPolicy: {loadBalancer: {simple: RANDOM}}"),
            "DestinationRule",
            "other/httpbin",
            "client",
            Link.RELEVANT,
            "there is no service httpbin.other.svc.cluster.local"),
        new Broken(
            "a rule that another one outranks",
            rule(
                    "default",
                    "near",
                    "host: httpbin, trafficPolicy: {loadBalancer: {simple: RANDOM}}")
                + rule(
                    "istio-system",
                    "far",
                    "host: httpbin.default.svc.cluster.local, trafficPolicy: {loadBalancer: {simple:"
                        + " ROUND_ROBIN}}"),
            "DestinationRule",
            "istio-system/far",
            "client",
            Link.RELEVANT,
            "it is [default/near]"),
        new Broken(
            "a rule merged behind another one",
            rule("default", "a", "host: httpbin, trafficPolicy: {loadBalancer: {simple: RANDOM}}")
                + rule(
                    "default",
                    "b",
                    "host: httpbin, trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}"),
            "DestinationRule",
            "default/b",
            "client",
            Link.GENERATED,
            "that of DestinationRule default/a does"),
        new Broken(
            "another VirtualService has the host",
            route("default", "a", anyHttpbin) + route("default", "b", anyHttpbin),
            "VirtualService",
            "default/b",
            "client",
            Link.GENERATED,
            "VirtualService default/a, which is older, has the host"),
        new Broken(
            "a short host in the wrong namespace",
            route("other", "httpbin", anyHttpbin),
            "VirtualService",
            "other/httpbin",
            "client",
            Link.GENERATED,
            "there is no service httpbin.other.svc.cluster.local"),
        new Broken(
            "http routes on a TCP port",
            """
            apiVersion: v1
            kind: Service
            metadata: {namespace: default, name: redis}
            spec: {ports: [{name: tcp, port: 6379}]}
            ---
            """
                + route(
                    "default",
                    "redis",
                    "hosts: [redis]\nhttp: [{route: [{destination: {host: redis}}]}]\n"),
            "VirtualService",
            "default/redis",
            "client",
            Link.GENERATED,
            "a port is HTTP by its name"),
        new Broken(
            "a filter that Envoy does not have",
            badFilter("HTTP_FILTER", "httpbin", brokenListener),
            "EnvoyFilter",
            "default/bad",
            "httpbin",
            Link.ACKNOWLEDGED,
            "no.such.filter"),
        new Broken(
            "a rule whose cluster Envoy rejects for an EnvoyFilter",
            badFilter("CLUSTER", "client", brokenCluster)
                + rule(
                    "default",
                    "httpbin",
                    "host: httpbin, trafficPolicy: {loadBalancer: {simple: RANDOM}}"),
            "DestinationRule",
            "default/httpbin",
            "client",
            Link.ACKNOWLEDGED,
            "no.such.socket"),
        new Broken(
            "a rule whose certificate does not come",
            rule("default", "httpbin", "host: httpbin, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}"),
            "DestinationRule",
            "default/httpbin",
            "client",
            Link.ACTIVE,
            "warming"),
        new Broken(
            "a route behind a wider one",
            route(
                "default",
                "httpbin",
                """
                hosts: [httpbin]
                http:
                - match: [{uri: {prefix: /a}}]
                  route: [{destination: {host: httpbin}}]
                - match: [{uri: {prefix: /a/b}}]
                  route: [{destination: {host: httpbin}}]
                """),
            "VirtualService",
            "default/httpbin",
            "client",
            Link.EFFECTIVE,
            "shadowed-route"),
        new Broken(
            "a route behind one that takes everything",
            route(
                "default",
                "httpbin",
                """
                hosts: [httpbin]
                http:
                - route: [{destination: {host: httpbin}}]
                - match: [{uri: {prefix: /a}}]
                  route: [{destination: {host: httpbin}}]
                """),
            "VirtualService",
            "default/httpbin",
            "client",
            Link.EFFECTIVE,
            "http[1] is never reached"),
        new Broken(
            "a subset that no rule defines",
            route(
                "default",
                "httpbin",
                "hosts: [httpbin]\nhttp: [{route: [{destination: {host: httpbin, subset: v9}}]}]\n"),
            "VirtualService",
            "default/httpbin",
            "client",
            Link.EFFECTIVE,
            "outbound|8000|v9|httpbin"),
        new Broken(
            "a subset without endpoints",
            rule(
                    "default",
                    "httpbin",
                    "host: httpbin, subsets: [{name: v9, labels: {version: v9}}]")
                + route(
                    "default",
                    "httpbin",
                    "hosts: [httpbin]\nhttp: [{route: [{destination: {host: httpbin, subset: v9}}]}]\n"),
            "VirtualService",
            "default/httpbin",
            "client",
            Link.EFFECTIVE,
            "endpoint"),
        new Broken(
            "a destination port that the service does not have",
            route(
                "default",
                "httpbin",
                "hosts: [httpbin]\nhttp: [{route: [{destination: {host: httpbin, port: {number: 8001}}}]}]\n"),
            "VirtualService",
            "default/httpbin",
            "client",
            Link.EFFECTIVE,
            "outbound|8001||httpbin"));
  }

  static List<Healthy> healthy() {
    return List.of(
        new Healthy(
            route("default", "httpbin", toHttpbin("hosts: [httpbin]")),
            "VirtualService",
            "default/httpbin",
            "client"),
        new Healthy(
            route("other", "from-afar", toHttpbin("hosts: [httpbin.default.svc.cluster.local]")),
            "VirtualService",
            "other/from-afar",
            "client"),
        new Healthy(
            gateway("gw", "httpbin.example.com")
                + route(
                    "default",
                    "httpbin",
                    toHttpbin("hosts: [httpbin.example.com]\ngateways: [edge]")),
            "VirtualService",
            "default/httpbin",
            "gw"),
        new Healthy(gateway("gw", "*"), "Gateway", "default/edge", "gw"),
        new Healthy(
            rule(
                "default",
                "httpbin",
                "host: httpbin, trafficPolicy: {loadBalancer: {simple: RANDOM}}, subsets: [{name: v1,"
                    + " labels: {version: v1}}]"),
            "DestinationRule",
            "default/httpbin",
            "client"),
        new Healthy(
            rule(
                "istio-system",
                "all",
                "host: \"*.svc.cluster.local\", trafficPolicy: {connectionPool: {tcp:"
                    + " {maxConnections: 7}}}"),
            "DestinationRule",
            "istio-system/all",
            "client"),
        new Healthy(
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
        new Healthy(policy("default", "httpbin"), "AuthorizationPolicy", "default/get", "httpbin"),
        new Healthy(
            filter("httpbin", "SIDECAR_INBOUND"), "EnvoyFilter", "default/added", "httpbin"),
        new Healthy(
            """
            apiVersion: security.istio.io/v1
            kind: PeerAuthentication
            metadata: {namespace: default, name: open}
            spec: {mtls: {mode: PERMISSIVE}}
            """,
            "PeerAuthentication",
            "default/open",
            "client"),
        new Healthy(
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
            "client"));
  }
}
