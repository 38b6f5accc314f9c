package dev.pilothouse.doctor;

import dev.pilothouse.internal.Nearest;
import java.util.Arrays;
import java.util.Set;

/** Istio's kinds, and where the API server has them. */
enum IstioKind {
  VIRTUAL_SERVICE("VirtualService", "networking.istio.io/v1", "virtualservices"),
  DESTINATION_RULE("DestinationRule", "networking.istio.io/v1", "destinationrules"),
  GATEWAY("Gateway", "networking.istio.io/v1", "gateways"),
  SERVICE_ENTRY("ServiceEntry", "networking.istio.io/v1", "serviceentries"),
  SIDECAR("Sidecar", "networking.istio.io/v1", "sidecars"),
  ENVOY_FILTER("EnvoyFilter", "networking.istio.io/v1alpha3", "envoyfilters"),
  AUTHORIZATION_POLICY("AuthorizationPolicy", "security.istio.io/v1", "authorizationpolicies"),
  PEER_AUTHENTICATION("PeerAuthentication", "security.istio.io/v1", "peerauthentications"),
  REQUEST_AUTHENTICATION("RequestAuthentication", "security.istio.io/v1", "requestauthentications"),
  TELEMETRY("Telemetry", "telemetry.istio.io/v1", "telemetries"),
  WASM_PLUGIN("WasmPlugin", "extensions.istio.io/v1alpha1", "wasmplugins");

  private static final Set<String> OF_GATEWAY_API =
      Set.of("HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute", "GatewayClass", "ReferenceGrant");

  private final String kind;
  private final String apiVersion;
  private final String plural;

  IstioKind(String kind, String apiVersion, String plural) {
    this.kind = kind;
    this.apiVersion = apiVersion;
    this.plural = plural;
  }

  static IstioKind of(String kind) {
    return Arrays.stream(values())
        .filter(known -> known.kind.equals(kind))
        .findFirst()
        .orElseThrow(
            () -> {
              var names = Arrays.stream(values()).map(IstioKind::kind).toList();
              if (OF_GATEWAY_API.contains(kind)) {
                return new IllegalArgumentException(
                    "%s is a kind of the Gateway API, which the doctor does not follow; it knows %s"
                        .formatted(kind, names));
              }
              return new IllegalArgumentException(
                  "%s is no kind that the doctor knows%s; it knows %s"
                      .formatted(kind, Nearest.suggestion(kind, names), names));
            });
  }

  String kind() {
    return kind;
  }

  /** As {@code networking.istio.io/v1}. */
  String apiVersion() {
    return apiVersion;
  }

  /** Where all of them are. */
  String everywhere() {
    return "/apis/" + apiVersion + "/" + plural;
  }

  /** Where one is. */
  String path(String namespace, String name) {
    return "/apis/" + apiVersion + "/namespaces/" + namespace + "/" + plural + "/" + name;
  }
}
