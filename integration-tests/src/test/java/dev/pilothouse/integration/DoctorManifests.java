package dev.pilothouse.integration;

/** Resources that the states of {@link DoctorIT} are made of. */
final class DoctorManifests {
  /** Beside the workloads' own: one that istiod reads, and one that it does not. */
  static final String NAMESPACES =
      """
      apiVersion: v1
      kind: Namespace
      metadata: {name: other}
      ---
      apiVersion: v1
      kind: Namespace
      metadata: {name: hidden, labels: {hidden: "true"}}
      """;

  /** Of a transport socket that Envoy does not have. */
  static final String BROKEN_CLUSTER =
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

  /** Of a filter that Envoy does not have. */
  static final String BROKEN_LISTENER =
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

  private DoctorManifests() {}

  static String route(String namespace, String name, String more) {
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

  static String toHttpbin(String more) {
    return more
        + """

        http:
        - headers: {response: {set: {x-doctor: here}}}
          route: [{destination: {host: httpbin.default.svc.cluster.local, port: {number: 8000}}}]
        """;
  }

  /**
   * Of any of Istio's kinds.
   *
   * @param of namespace and name
   * @param spec in one line
   */
  static String istio(String kind, String of, String spec) {
    String apiVersion =
        switch (kind) {
          case "AuthorizationPolicy", "PeerAuthentication" -> "security.istio.io/v1";
          case "Telemetry" -> "telemetry.istio.io/v1";
          case "EnvoyFilter" -> "networking.istio.io/v1alpha3";
          default -> "networking.istio.io/v1";
        };
    return """
        apiVersion: %s
        kind: %s
        metadata: {namespace: %s, name: %s}
        spec: {%s}
        ---
        """
        .formatted(
            apiVersion,
            kind,
            of.substring(0, of.indexOf('/')),
            of.substring(of.indexOf('/') + 1),
            spec);
  }

  static String rule(String namespace, String name, String spec) {
    return """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {namespace: %s, name: %s}
        spec: {%s}
        ---
        """
        .formatted(namespace, name, spec);
  }

  static String policy(String namespace, String app) {
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

  static String gateway(String selector, String host) {
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

  static String filter(String app, String context) {
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

  static String badFilter(String applyTo, String app, String field) {
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
}
