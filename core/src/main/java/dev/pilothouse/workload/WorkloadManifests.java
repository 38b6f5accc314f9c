package dev.pilothouse.workload;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.pilothouse.cluster.Manifests;
import dev.pilothouse.workload.WorkloadSpec.Port;
import dev.pilothouse.workload.WorkloadSpec.Role;
import dev.pilothouse.workload.WorkloadSpec.Security;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The Kubernetes and Istio resources of one workload.
 *
 * @param spec the workload
 * @param site where its Envoy listens
 * @param applicationPorts where its application listens on 127.0.0.1, by the Service's port
 * @param run names the run that it belongs to; see {@link Leftovers}
 */
record WorkloadManifests(
    WorkloadSpec spec, Site site, Map<Integer, Integer> applicationPorts, String run) {
  /** Selects one workload of the mesh; its value is the proxy's id. */
  static final String WORKLOAD = "pilothouse.dev/workload";

  static final String MANAGED_BY = "app.kubernetes.io/managed-by";
  static final String PILOTHOUSE = "pilothouse";

  private static final String RBAC = "rbac.authorization.k8s.io";
  private static final String ISTIO = "networking.istio.io/v1";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The ports of a workload's Service. They lead to where its proxy listens. */
  static List<Object> servicePorts(WorkloadSpec spec) {
    List<Object> ports = new ArrayList<>();
    for (Port port : spec.ports()) {
      ports.add(
          Map.of(
              "name", port.name(),
              "port", port.number(),
              "targetPort", Site.inboundPort(port),
              "appProtocol", port.protocol().appProtocol()));
    }
    return ports;
  }

  /** The Service, which several workloads may share. */
  Manifests service() {
    List<Object> ports = servicePorts(spec);
    return manifests(
        List.of(
            resource(
                "v1",
                "Service",
                spec.service(),
                Map.of("selector", Map.of(WorkloadSpec.APP, spec.service()), "ports", ports))));
  }

  /** Everything that is the workload's alone. */
  Manifests own() {
    List<Object> resources = new ArrayList<>();
    resources.add(resource("v1", "ServiceAccount", spec.name(), Map.of()));
    resources.add(listeners());
    if (spec.role() == Role.GATEWAY && spec.security() == Security.MUTUAL_TLS) {
      resources.addAll(readerOfSecrets());
    }
    if (!spec.ports().isEmpty()) {
      if (spec.role() == Role.SIDECAR) {
        if (spec.security() == Security.PLAINTEXT) {
          resources.add(plaintextInbound());
        }
        resources.add(inboundListeners());
      }
      resources.add(endpoint());
    }
    return manifests(resources);
  }

  /**
   * Changes nothing: it selects no workload. Once istiod works with it, it works with everything
   * that was there before it; see {@link PushContextWait}.
   */
  Manifests marker(String name) {
    return manifests(
        List.of(
            resource(
                "telemetry.istio.io/v1",
                "Telemetry",
                name,
                Map.of("selector", Map.of("matchLabels", Map.of(WORKLOAD, "none"))))));
  }

  /** The labels that its Envoy tells istiod, and that its endpoint has. */
  Map<String, String> labels() {
    Map<String, String> labels = new LinkedHashMap<>(spec.labels());
    labels.put(WorkloadSpec.APP, spec.service());
    labels.put(WORKLOAD, spec.proxyId());
    return labels;
  }

  /**
   * Moves what istiod would have at 127.0.0.1 (a sidecar's outbound listeners) or at all addresses
   * (a gateway's) to the workload's own address. A port is bound once only: Envoy's way of binding
   * it once a worker would let it share the port with another Envoy in silence.
   */
  private Map<String, Object> listeners() {
    boolean sidecar = spec.role() == Role.SIDECAR;
    String address = (sidecar ? site.outboundAddress() : site.inboundAddress()).getHostAddress();
    List<Object> patches = new ArrayList<>();
    patches.add(
        listenerPatch(
            sidecar ? "SIDECAR_OUTBOUND" : "GATEWAY",
            Map.of("address", Map.of("socketAddress", Map.of("address", address)))));
    patches.add(listenerPatch("ANY", Map.of("enableReusePort", false)));
    return resource(
        "networking.istio.io/v1alpha3",
        "EnvoyFilter",
        resourceName(),
        Map.of("workloadSelector", Map.of("labels", selector()), "configPatches", patches));
  }

  private static Map<String, Object> listenerPatch(String context, Map<String, Object> value) {
    return Map.of(
        "applyTo",
        "LISTENER",
        "match",
        Map.of("context", context),
        "patch",
        Map.of("operation", "MERGE", "value", value));
  }

  /** Without it istiod asks for certificates that this Envoy cannot get, and it waits for ever. */
  private Map<String, Object> plaintextInbound() {
    return resource(
        "security.istio.io/v1",
        "PeerAuthentication",
        resourceName(),
        Map.of("selector", Map.of("matchLabels", selector()), "mtls", Map.of("mode", "DISABLE")));
  }

  /** istiod gives a gateway the certificates of Gateway resources only if it may read them. */
  private List<Map<String, Object>> readerOfSecrets() {
    Map<String, Object> role = resource(RBAC + "/v1", "Role", resourceName(), Map.of());
    role.put(
        "rules",
        List.of(
            Map.of(
                "apiGroups", List.of(""),
                "resources", List.of("secrets"),
                "verbs", List.of("get", "watch", "list"))));
    Map<String, Object> binding = resource(RBAC + "/v1", "RoleBinding", resourceName(), Map.of());
    binding.put("roleRef", Map.of("apiGroup", RBAC, "kind", "Role", "name", resourceName()));
    binding.put(
        "subjects",
        List.of(
            Map.of("kind", "ServiceAccount", "name", spec.name(), "namespace", spec.namespace())));
    return List.of(role, binding);
  }

  /** Without capture, inbound listeners are those that a Sidecar names. */
  private Map<String, Object> inboundListeners() {
    List<Object> ingress = new ArrayList<>();
    for (Port port : spec.ports()) {
      ingress.add(
          Map.of(
              "port",
              Map.of(
                  "number",
                  Site.inboundPort(port),
                  "protocol",
                  port.protocol().name(),
                  "name",
                  port.name()),
              "bind",
              site.inboundAddress().getHostAddress(),
              "captureMode",
              "NONE",
              "defaultEndpoint",
              "127.0.0.1:" + applicationPorts.get(port.number())));
    }
    return resource(
        ISTIO,
        "Sidecar",
        resourceName(),
        Map.of("workloadSelector", Map.of("labels", selector()), "ingress", ingress));
  }

  /** An EndpointSlice may not hold a loopback address; a WorkloadEntry may. */
  private Map<String, Object> endpoint() {
    Map<String, Object> ports = new LinkedHashMap<>();
    for (Port port : spec.ports()) {
      ports.put(port.name(), Site.inboundPort(port));
    }
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("address", site.inboundAddress().getHostAddress());
    entry.put("ports", ports);
    entry.put("labels", labels());
    if (spec.security() == Security.MUTUAL_TLS) {
      // Tells istiod that this endpoint takes mutual TLS.
      entry.put("serviceAccount", spec.name());
    }
    return resource(ISTIO, "WorkloadEntry", spec.name(), entry);
  }

  private Map<String, String> selector() {
    return Map.of(WORKLOAD, spec.proxyId());
  }

  String resourceName() {
    return PILOTHOUSE + "-" + spec.name();
  }

  private Map<String, Object> resource(
      String apiVersion, String kind, String name, Map<String, Object> content) {
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("name", name);
    metadata.put("namespace", spec.namespace());
    metadata.put("labels", Map.of(MANAGED_BY, PILOTHOUSE));
    metadata.put("annotations", Map.of(Leftovers.RUN, run));
    Map<String, Object> resource = new LinkedHashMap<>();
    resource.put("apiVersion", apiVersion);
    resource.put("kind", kind);
    resource.put("metadata", metadata);
    if (!content.isEmpty()) {
      resource.put("spec", content);
    }
    return resource;
  }

  static Manifests manifests(List<?> resources) {
    StringBuilder text = new StringBuilder();
    for (Object resource : resources) {
      try {
        // JSON is YAML.
        text.append("---\n").append(JSON.writeValueAsString(resource)).append('\n');
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("a tree of plain values can always be written", e);
      }
    }
    return Manifests.yaml(text.toString());
  }
}
