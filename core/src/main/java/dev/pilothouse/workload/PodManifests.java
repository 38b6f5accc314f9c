package dev.pilothouse.workload;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.pilothouse.cluster.Manifests;
import dev.pilothouse.workload.WorkloadSpec.Port;
import dev.pilothouse.workload.WorkloadSpec.Protocol;
import dev.pilothouse.workload.WorkloadSpec.Role;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The Kubernetes resources of a workload that runs in pods.
 *
 * @param spec the workload
 * @param options who injects its proxy, and its images
 * @param run names the run that it belongs to; see {@link Leftovers}
 */
record PodManifests(WorkloadSpec spec, PodOptions options, String run) {
  private static final String SCRIPT = "teller.pl";
  private static final String SCRIPT_FOLDER = "/opt/pilothouse";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The Service, which several workloads may share. */
  Manifests service() {
    List<Object> ports = WorkloadManifests.servicePorts(spec);
    Map<String, Object> service = resource("v1", "Service", spec.service());
    service.put(
        "spec", Map.of("selector", Map.of(WorkloadSpec.APP, spec.service()), "ports", ports));
    return WorkloadManifests.manifests(List.of(service));
  }

  /** Everything that is the workload's alone. */
  Manifests own() {
    List<Object> resources = new ArrayList<>();
    resources.add(resource("v1", "ServiceAccount", spec.name()));
    if (served()) {
      Map<String, Object> script = resource("v1", "ConfigMap", scriptName());
      script.put("data", Map.of(SCRIPT, script()));
      resources.add(script);
    }
    if (spec.role() == Role.GATEWAY) {
      resources.addAll(readerOfSecrets());
    }
    resources.add(deployment());
    return WorkloadManifests.manifests(resources);
  }

  private boolean served() {
    return spec.role() == Role.SIDECAR && !spec.ports().isEmpty();
  }

  private Map<String, Object> deployment() {
    Map<String, Object> template = new LinkedHashMap<>();
    template.put("metadata", Map.of("labels", labels(), "annotations", annotations()));
    template.put("spec", pod());
    Map<String, Object> deployment = resource("apps/v1", "Deployment", spec.name());
    deployment.put(
        "spec",
        Map.of(
            "replicas",
            1,
            "selector",
            Map.of("matchLabels", Map.of(WorkloadManifests.WORKLOAD, spec.proxyId())),
            "template",
            template));
    return deployment;
  }

  private Map<String, String> labels() {
    Map<String, String> labels = new TreeMap<>(spec.labels());
    labels.put(WorkloadSpec.APP, spec.service());
    labels.put(WorkloadManifests.WORKLOAD, spec.proxyId());
    labels.putAll(options.podLabels());
    return labels;
  }

  private Map<String, String> annotations() {
    return spec.role() == Role.GATEWAY ? Map.of("inject.istio.io/templates", "gateway") : Map.of();
  }

  private Map<String, Object> pod() {
    Map<String, Object> pod = new LinkedHashMap<>();
    pod.put("serviceAccountName", spec.name());
    pod.put("terminationGracePeriodSeconds", 1);
    Map<String, Object> container = new LinkedHashMap<>();
    pod.put("containers", List.of(container));
    if (spec.role() == Role.GATEWAY) {
      container.put("name", PodView.PROXY);
      container.put("image", "auto"); // the injector knows it
      // Without a tag it would be Always, also for the image that the injector puts in its place.
      container.put("imagePullPolicy", "IfNotPresent");
      return pod;
    }
    container.put("name", spec.name());
    if (!served()) {
      container.put("image", options.clientImage());
      container.put("command", List.of("sleep", "infinity"));
      return pod;
    }
    container.put("image", options.applicationImage());
    container.put("command", command());
    container.put(
        "readinessProbe",
        Map.of(
            "tcpSocket",
            Map.of("port", Site.inboundPort(spec.ports().get(0))),
            "periodSeconds",
            1));
    container.put("volumeMounts", List.of(Map.of("name", "script", "mountPath", SCRIPT_FOLDER)));
    pod.put(
        "volumes", List.of(Map.of("name", "script", "configMap", Map.of("name", scriptName()))));
    return pod;
  }

  private List<String> command() {
    List<String> command = new ArrayList<>();
    command.add("perl");
    command.add(SCRIPT_FOLDER + "/" + SCRIPT);
    command.add(spec.name());
    command.add(json(new TreeMap<>(spec.labels())));
    for (Port port : spec.ports()) {
      String protocol = port.protocol() == Protocol.TCP ? "tcp" : "http";
      command.add(protocol + ":" + Site.inboundPort(port));
    }
    return command;
  }

  /** As Istio's own gateways have it: istiod gives the certificates to those who may read them. */
  private List<Map<String, Object>> readerOfSecrets() {
    String rbac = "rbac.authorization.k8s.io";
    Map<String, Object> role = resource(rbac + "/v1", "Role", scriptName());
    role.put(
        "rules",
        List.of(
            Map.of(
                "apiGroups", List.of(""),
                "resources", List.of("secrets"),
                "verbs", List.of("get", "watch", "list"))));
    Map<String, Object> binding = resource(rbac + "/v1", "RoleBinding", scriptName());
    binding.put("roleRef", Map.of("apiGroup", rbac, "kind", "Role", "name", scriptName()));
    binding.put(
        "subjects",
        List.of(
            Map.of("kind", "ServiceAccount", "name", spec.name(), "namespace", spec.namespace())));
    return List.of(role, binding);
  }

  private String scriptName() {
    return WorkloadManifests.PILOTHOUSE + "-" + spec.name();
  }

  private Map<String, Object> resource(String apiVersion, String kind, String name) {
    Map<String, Object> resource = new LinkedHashMap<>();
    resource.put("apiVersion", apiVersion);
    resource.put("kind", kind);
    resource.put(
        "metadata",
        Map.of(
            "name",
            name,
            "namespace",
            spec.namespace(),
            "labels",
            Map.of(WorkloadManifests.MANAGED_BY, WorkloadManifests.PILOTHOUSE),
            "annotations",
            Map.of(Leftovers.RUN, run)));
    return resource;
  }

  private static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a map of strings can always be written", e);
    }
  }

  private static String script() {
    try (InputStream in = PodManifests.class.getResourceAsStream(SCRIPT)) {
      if (in == null) {
        throw new IllegalStateException(SCRIPT + " is missing in this jar");
      }
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
