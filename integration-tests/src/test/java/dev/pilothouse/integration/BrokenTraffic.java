package dev.pilothouse.integration;

import static dev.pilothouse.integration.DoctorManifests.istio;
import static dev.pilothouse.integration.DoctorManifests.route;
import static dev.pilothouse.integration.DoctorManifests.rule;

import dev.pilothouse.doctor.Link;
import java.util.List;

/** Broken states of delegates, gateways, rules and services. */
final class BrokenTraffic {
  private static final String TO_HTTPBIN =
      "route: [{destination: {host: httpbin.default.svc.cluster.local, port: {number: 8000}}}]";

  private static final String ROOT =
      """
      hosts: [httpbin]
      http:
      - match: [{uri: {prefix: /api}}]
        delegate: {name: part, namespace: %s}
      - %s
      """;

  private BrokenTraffic() {}

  static List<BrokenState> all() {
    return List.of(
        new BrokenState(
            "a route behind one with the prefix /",
            route(
                "default",
                "httpbin",
                "hosts: [httpbin]\nhttp: [{match: [{uri: {prefix: /}}], %1$s}, {match: [{uri: {prefix: /a}}], %1$s}]"
                    .formatted(TO_HTTPBIN)),
            "VirtualService",
            "default/httpbin",
            "client",
            Link.EFFECTIVE,
            "http[1] is never reached"),
        new BrokenState(
            "a delegate whose matches are not within those of its root",
            route("default", "root", ROOT.formatted("default", TO_HTTPBIN))
                + route(
                    "default",
                    "part",
                    "http: [{match: [{uri: {prefix: /v2}}], " + TO_HTTPBIN + "}]"),
            "VirtualService",
            "default/part",
            "client",
            Link.GENERATED,
            "istiod drops [http[0]]"),
        new BrokenState(
            "a delegate that is exported to its own namespace only",
            route("default", "root", ROOT.formatted("other", TO_HTTPBIN))
                + route("other", "part", "exportTo: ['.']\nhttp: [{" + TO_HTTPBIN + "}]"),
            "VirtualService",
            "other/part",
            "client",
            Link.GENERATED,
            "its exportTo is [\".\"]"),
        new BrokenState(
            "a root whose delegate is misspelt",
            route(
                    "default",
                    "root",
                    ROOT.formatted("default", TO_HTTPBIN).replace("name: part", "name: prat"))
                + route("default", "part", "http: [{" + TO_HTTPBIN + "}]"),
            "VirtualService",
            "default/root",
            "client",
            Link.GENERATED,
            "http[0] delegates to default/prat, which is not there (did you mean part?)"),
        new BrokenState(
            "a delegate whose destination is not there",
            route("default", "root", ROOT.formatted("default", TO_HTTPBIN))
                + route("default", "part", "http: [{route: [{destination: {host: nosuch}}]}]"),
            "VirtualService",
            "default/part",
            "client",
            Link.EFFECTIVE,
            "nosuch"),
        new BrokenState(
            "a Gateway of TCP on the port of one of HTTP",
            gateway("edge", 8080, "HTTP") + gateway("late", 8080, "TCP"),
            "Gateway",
            "default/late",
            "gw",
            Link.GENERATED,
            "Gateway default/edge has"),
        new BrokenState(
            "a Gateway at a port that no Service leads to",
            gateway("edge", 8090, "HTTP"),
            "Gateway",
            "default/edge",
            "gw",
            Link.EFFECTIVE,
            "no Service leads to port 8090"),
        new BrokenState(
            "tls routes at a server of HTTP",
            gateway("edge", 8080, "HTTP")
                + route(
                    "default",
                    "v",
                    "hosts: [a.example.com]\ngateways: [edge]\n"
                        + "tls: [{match: [{sniHosts: [a.example.com]}], "
                        + TO_HTTPBIN
                        + "}]"),
            "VirtualService",
            "default/v",
            "gw",
            Link.GENERATED,
            "takes http routes"),
        new BrokenState(
            "http routes at a server that passes TLS through",
            gateway("edge", 8080, "TLS").replace("{port:", "{tls: {mode: PASSTHROUGH}, port:")
                + route(
                    "default",
                    "v",
                    "hosts: [a.example.com]\ngateways: [edge]\nhttp: [{" + TO_HTTPBIN + "}]"),
            "VirtualService",
            "default/v",
            "gw",
            Link.GENERATED,
            "takes tls routes"),
        new BrokenState(
            "a ServiceEntry of a host that the proxy's namespace has",
            entry("default/a", "out.example.com", "HTTP", "127.0.0.1")
                + entry("other/b", "out.example.com", "HTTP", "127.0.0.2"),
            "ServiceEntry",
            "other/b",
            "client",
            Link.RELEVANT,
            "out.example.com is that of namespace default"),
        new BrokenState(
            "a ServiceEntry of TCP on a port of HTTP",
            entry("default/a", "out.example.com", "TCP", "127.0.0.1"),
            "ServiceEntry",
            "default/a",
            "client",
            Link.GENERATED,
            "no listener and no route leads to its cluster"),
        new BrokenState(
            "a ServiceEntry that selects nobody",
            entry("default/a", "out.example.com", "HTTP", "127.0.0.1")
                .replace(
                    "endpoints: [{address: 127.0.0.1}]",
                    "workloadSelector: {labels: {app: nosuch}}"),
            "ServiceEntry",
            "default/a",
            "client",
            Link.EFFECTIVE,
            "has {\"app\":\"nosuch\"}"),
        new BrokenState(
            "a host of two parts",
            route("default", "v", "hosts: [httpbin.default]\nhttp: [{" + TO_HTTPBIN + "}]"),
            "VirtualService",
            "default/v",
            "client",
            Link.GENERATED,
            "did you mean httpbin.default.svc.cluster.local"),
        new BrokenState(
            "a rule for a port that the host does not have",
            rule(
                "default",
                "d",
                "host: httpbin, trafficPolicy: {portLevelSettings: [{port: {number: 8001},"
                    + " loadBalancer: {simple: RANDOM}}]}"),
            "DestinationRule",
            "default/d",
            "client",
            Link.GENERATED,
            "for port 8001"),
        new BrokenState(
            "a rule of a third namespace",
            rule(
                "other",
                "d",
                "host: httpbin.default.svc.cluster.local, trafficPolicy: {loadBalancer: {simple:"
                    + " RANDOM}}"),
            "DestinationRule",
            "other/d",
            "client",
            Link.RELEVANT,
            "its namespace is other, those are [default, istio-system]"));
  }

  private static String gateway(String name, int port, String protocol) {
    return istio(
        "Gateway",
        "default/" + name,
        "selector: {istio: gw}, servers: [{port: {number: %d, name: p, protocol: %s}, hosts: ['*']}]"
            .formatted(port, protocol));
  }

  private static String entry(String of, String host, String protocol, String address) {
    return istio(
        "ServiceEntry",
        of,
        ("hosts: [%s], ports: [{number: 8000, name: p, protocol: %s}], resolution: STATIC,"
                + " endpoints: [{address: %s}]")
            .formatted(host, protocol, address));
  }
}
