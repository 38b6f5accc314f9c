package dev.pilothouse.integration;

import static dev.pilothouse.integration.DoctorManifests.BROKEN_CLUSTER;
import static dev.pilothouse.integration.DoctorManifests.BROKEN_LISTENER;
import static dev.pilothouse.integration.DoctorManifests.badFilter;
import static dev.pilothouse.integration.DoctorManifests.filter;
import static dev.pilothouse.integration.DoctorManifests.gateway;
import static dev.pilothouse.integration.DoctorManifests.policy;
import static dev.pilothouse.integration.DoctorManifests.route;
import static dev.pilothouse.integration.DoctorManifests.rule;
import static dev.pilothouse.integration.DoctorManifests.toHttpbin;

import dev.pilothouse.doctor.Link;
import java.util.List;
import java.util.stream.Stream;

/**
 * A broken state of a mesh that has client, httpbin (HTTP 8000) and the gateway gw (HTTP 8080).
 *
 * @param name what is wrong
 * @param yaml what is applied
 * @param kind the resource that is asked about
 * @param resource its namespace and name
 * @param proxy for which proxy
 * @param link what is broken
 * @param words a part of the answer or its evidence
 */
record BrokenState(
    String name, String yaml, String kind, String resource, String proxy, Link link, String words) {
  @Override
  public String toString() {
    return name;
  }

  /** The same in another namespace than {@code default}. */
  BrokenState in(String namespace) {
    return new BrokenState(
        name,
        moved(yaml, namespace),
        kind,
        moved(resource, namespace),
        proxy,
        link,
        moved(words, namespace));
  }

  private static String moved(String text, String namespace) {
    return text.replaceAll("\\bdefault(?=/|\\.svc\\b)", namespace)
        .replace("namespace: default", "namespace: " + namespace);
  }

  static List<BrokenState> all() {
    return Stream.of(first(), BrokenTraffic.all(), BrokenSettings.all())
        .flatMap(List::stream)
        .toList();
  }

  private static List<BrokenState> first() {
    String anyHttpbin = toHttpbin("hosts: [httpbin]");
    return List.of(
        new BrokenState(
            "another name",
            route("default", "httpbin", anyHttpbin),
            "VirtualService",
            "default/htpbin",
            "client",
            Link.ACCEPTED,
            "did you mean httpbin"),
        new BrokenState(
            "applied to another namespace",
            route("other", "httpbin", anyHttpbin),
            "VirtualService",
            "default/httpbin",
            "client",
            Link.ACCEPTED,
            "there is one of that name in namespace other"),
        new BrokenState(
            "labelled for another revision",
            route("default", "httpbin", anyHttpbin)
                .replace("name: httpbin}", "name: httpbin, labels: {istio.io/rev: canary}}"),
            "VirtualService",
            "default/httpbin",
            "client",
            Link.SEEN,
            "its label istio.io/rev is canary"),
        new BrokenState(
            "in a namespace that istiod does not read",
            route("hidden", "httpbin", toHttpbin("hosts: [httpbin.default.svc.cluster.local]")),
            "VirtualService",
            "hidden/httpbin",
            "client",
            Link.SEEN,
            "discoverySelectors"),
        new BrokenState(
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
        new BrokenState(
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
        new BrokenState(
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
        new BrokenState(
            "bound to a Gateway that is not there",
            route(
                "default", "httpbin", toHttpbin("hosts: [httpbin.example.com]\ngateways: [egde]")),
            "VirtualService",
            "default/httpbin",
            "gw",
            Link.RELEVANT,
            "there is no Gateway default/egde"),
        new BrokenState(
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
        new BrokenState(
            "the Gateway selects other proxies",
            gateway("ingressgateway", "*"),
            "Gateway",
            "default/edge",
            "gw",
            Link.RELEVANT,
            "istio=ingressgateway (it has gw)"),
        new BrokenState(
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
        new BrokenState(
            "a policy that selects nobody",
            policy("default", "httpbni"),
            "AuthorizationPolicy",
            "default/get",
            "httpbin",
            Link.RELEVANT,
            "app=httpbni (it has httpbin)"),
        new BrokenState(
            "a policy in another namespace",
            policy("other", "httpbin"),
            "AuthorizationPolicy",
            "other/get",
            "httpbin",
            Link.RELEVANT,
            "its namespace is other"),
        new BrokenState(
            "an EnvoyFilter for another workload",
            filter("server", "SIDECAR_INBOUND"),
            "EnvoyFilter",
            "default/added",
            "httpbin",
            Link.RELEVANT,
            "app=server (it has httpbin)"),
        new BrokenState(
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
        new BrokenState(
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
        new BrokenState(
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
        new BrokenState(
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
        new BrokenState(
            "another VirtualService has the host",
            route("default", "a", anyHttpbin) + route("default", "b", anyHttpbin),
            "VirtualService",
            "default/b",
            "client",
            Link.GENERATED,
            "VirtualService default/a, which is older, has the host"),
        new BrokenState(
            "a short host in the wrong namespace",
            route("other", "httpbin", anyHttpbin),
            "VirtualService",
            "other/httpbin",
            "client",
            Link.GENERATED,
            "there is no service httpbin.other.svc.cluster.local"),
        new BrokenState(
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
        new BrokenState(
            "a filter that Envoy does not have",
            badFilter("HTTP_FILTER", "httpbin", BROKEN_LISTENER),
            "EnvoyFilter",
            "default/bad",
            "httpbin",
            Link.ACKNOWLEDGED,
            "no.such.filter"),
        new BrokenState(
            "a rule whose cluster Envoy rejects for an EnvoyFilter",
            badFilter("CLUSTER", "client", BROKEN_CLUSTER)
                + rule(
                    "default",
                    "httpbin",
                    "host: httpbin, trafficPolicy: {loadBalancer: {simple: RANDOM}}"),
            "DestinationRule",
            "default/httpbin",
            "client",
            Link.ACKNOWLEDGED,
            "no.such.socket"),
        new BrokenState(
            "a rule whose certificate does not come",
            rule("default", "httpbin", "host: httpbin, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}"),
            "DestinationRule",
            "default/httpbin",
            "client",
            Link.ACTIVE,
            "warming"),
        new BrokenState(
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
        new BrokenState(
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
        new BrokenState(
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
        new BrokenState(
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
        new BrokenState(
            "a destination port that the service does not have",
            route(
                "default",
                "httpbin",
                "hosts: [httpbin]\nhttp: [{route: [{destination: {host: httpbin, port: {number: 8001}}}]}]\n"),
            "VirtualService",
            "default/httpbin",
            "client",
            Link.EFFECTIVE,
            "outbound|8001||httpbin"),
        new BrokenState(
            "a destination that is not there",
            route(
                "default",
                "httpbin",
                "hosts: [httpbin]\nhttp: [{route: [{destination: {host: nosuch}}]}]\n"),
            "VirtualService",
            "default/httpbin",
            "client",
            Link.EFFECTIVE,
            "nosuch"),
        new BrokenState(
            "matches of a port that the service does not have",
            route(
                "default",
                "httpbin",
                """
                hosts: [httpbin]
                http: [{match: [{port: 8001}], route: [{destination: {host: httpbin}}]}]
                """),
            "VirtualService",
            "default/httpbin",
            "client",
            Link.GENERATED,
            "its matches ask for the ports [8001]"),
        new BrokenState(
            "keys of tokens that Envoy cannot read",
            """
            apiVersion: security.istio.io/v1
            kind: RequestAuthentication
            metadata: {namespace: default, name: jwt}
            spec:
              selector: {matchLabels: {app: httpbin}}
              jwtRules: [{issuer: doctor@example.com, jwks: '{"keys": []}'}]
            """,
            "RequestAuthentication",
            "default/jwt",
            "httpbin",
            Link.ACKNOWLEDGED,
            "Jwks doesn't have any valid public key"),
        new BrokenState(
            "a delegate that nobody delegates to",
            route("default", "part", "http: [{route: [{destination: {host: httpbin}}]}]\n"),
            "VirtualService",
            "default/part",
            "client",
            Link.RELEVANT,
            "no VirtualService delegates to it"),
        new BrokenState(
            "a subset that an earlier rule has defined",
            rule("default", "a", "host: httpbin, subsets: [{name: v1, labels: {version: v1}}]")
                + rule(
                    "default", "b", "host: httpbin, subsets: [{name: v1, labels: {version: v2}}]"),
            "DestinationRule",
            "default/b",
            "client",
            Link.GENERATED,
            "subset"),
        new BrokenState(
            "a PeerAuthentication that one with a selector outranks",
            """
            apiVersion: security.istio.io/v1
            kind: PeerAuthentication
            metadata: {namespace: default, name: strict}
            spec: {mtls: {mode: STRICT}}
            ---
            """,
            "PeerAuthentication",
            "default/strict",
            "httpbin",
            Link.RELEVANT,
            "PeerAuthentication default/pilothouse-httpbin"),
        new BrokenState(
            "a ServiceEntry that is exported to its own namespace only",
            """
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {namespace: other, name: outside}
            spec:
              hosts: [outside.example.com]
              exportTo: ["."]
              ports: [{number: 8000, name: http, protocol: HTTP}]
              resolution: DNS
            ---
            """,
            "ServiceEntry",
            "other/outside",
            "client",
            Link.RELEVANT,
            "exportTo is [.]"),
        new BrokenState(
            "an EnvoyFilter for a port that nobody listens on",
            filter("client", "SIDECAR_OUTBOUND")
                .replace(
                    "match: {context: SIDECAR_OUTBOUND}",
                    "match: {context: SIDECAR_OUTBOUND, listener: {portNumber: 4711}}"),
            "EnvoyFilter",
            "default/added",
            "client",
            Link.GENERATED,
            "makes nothing of configPatches[0]"),
        new BrokenState(
            "a policy for a client",
            policy("default", "client"),
            "AuthorizationPolicy",
            "default/get",
            "client",
            Link.GENERATED,
            "no inbound listener"),
        new BrokenState(
            "a Gateway whose certificate does not come",
            gateway("gw", "*")
                .replace(
                    "port: {number: 8080, name: http, protocol: HTTP}",
                    "port: {number: 8443, name: https, protocol: HTTPS}, tls: {mode: SIMPLE,"
                        + " credentialName: nosuch}"),
            "Gateway",
            "default/edge",
            "gw",
            Link.ACTIVE,
            "nosuch"));
  }
}
