package dev.pilothouse.istiod;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.image.DeliveredIstiod;
import dev.pilothouse.image.DeliveredIstiod.NodeIstiod;
import dev.pilothouse.internal.install.Installation;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The IstioOperator that istioctl is given: what an {@link IstiodSpec} means in Istio's charts. */
final class OperatorFile {
  /** The volume of a hot swap. */
  static final String VOLUME = "pilothouse-istiod";

  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  private final InstallSpec install;
  private final IstiodSpec spec;
  private final MeshConfig meshConfig;
  private final DeliveredIstiod delivered;

  OperatorFile(
      InstallSpec install, IstiodSpec spec, MeshConfig meshConfig, DeliveredIstiod delivered) {
    this.install = install;
    this.spec = spec;
    this.meshConfig = meshConfig;
    this.delivered = delivered;
  }

  String yaml() {
    ObjectNode file = YAML.createObjectNode();
    file.put("apiVersion", "install.istio.io/v1alpha1").put("kind", "IstioOperator");
    file.putObject("metadata")
        .put("name", Installation.operatorName(spec.revision()))
        .put("namespace", install.namespace());
    ObjectNode operator = file.putObject("spec");
    operator.put("profile", install.profile());
    if (!install.hub().isEmpty()) {
      operator.put("hub", install.hub());
    }
    if (!install.tag().isEmpty()) {
      operator.put("tag", install.tag());
    }
    if (!spec.revision().equals("default")) {
      operator.put("revision", spec.revision());
    }
    if (!meshConfig.isEmpty()) {
      operator.set("meshConfig", parse("the mesh config", meshConfig.yaml()));
    }
    operator.withObject("/components/pilot/k8s").put("imagePullPolicy", delivered.pullPolicy());
    operator.set("values", values());
    if (!spec.arguments().isEmpty()) {
      // istioctl takes this list for a list of objects, unless it does not look.
      ArrayNode arguments =
          operator.withObject("/unvalidatedValues/pilot").putArray("extraContainerArgs");
      spec.arguments().forEach(arguments::add);
    }
    try {
      return YAML.writeValueAsString(file);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of plain values can always be written", e);
    }
  }

  private ObjectNode values() {
    ObjectNode values = parse("the Helm values of Istio's charts", install.values());
    merge(values, parse("the profile's Helm values", spec.profile().chartValues()));
    ObjectNode global = values.withObject("/global");
    global.put("istioNamespace", install.namespace());
    global.put("configValidation", spec.validation());
    if (!spec.logLevels().isEmpty()) {
      global.withObject("/logging").put("level", logLevels());
    }
    ObjectNode pilot = values.withObject("/pilot");
    pilot.put("image", delivered.image());
    pilot.put("autoscaleEnabled", false).put("replicaCount", install.replicas());
    ObjectNode environment = pilot.withObject("/env");
    spec.profile().environment().forEach(environment::put);
    spec.environment().forEach((name, value) -> put(global, environment, name, value));
    if (delivered instanceof NodeIstiod node) {
      mount(pilot, node);
    }
    if (spec.validation() && spec.revision().equals("default")) {
      values.put("defaultRevision", "default");
    }
    return values;
  }

  /** The charts set some variables themselves, and a second one of that name is refused. */
  private static void put(ObjectNode global, ObjectNode environment, String name, String value) {
    switch (name) {
      case "CLUSTER_ID" -> global.withObject("/multiCluster").put("clusterName", value);
      case "POD_NAMESPACE" -> {}
      default -> environment.put(name, value);
    }
  }

  private static void mount(ObjectNode pilot, NodeIstiod node) {
    ArrayNode volumes =
        pilot.get("volumes") instanceof ArrayNode theirs ? theirs : pilot.putArray("volumes");
    volumes.add(volume(node));
    ArrayNode mounts =
        pilot.get("volumeMounts") instanceof ArrayNode theirs
            ? theirs
            : pilot.putArray("volumeMounts");
    mounts.add(mount());
  }

  static ObjectNode volume(NodeIstiod node) {
    ObjectNode volume = YAML.createObjectNode().put("name", VOLUME);
    volume.putObject("hostPath").put("path", node.nodeDirectory()).put("type", "Directory");
    return volume;
  }

  static ObjectNode mount() {
    return YAML.createObjectNode()
        .put("name", VOLUME)
        .put("mountPath", NodeIstiod.MOUNT_PATH)
        .put("readOnly", true);
  }

  private String logLevels() {
    Map<String, String> levels = new TreeMap<>(spec.logLevels());
    levels.putIfAbsent("default", "info");
    return levels.entrySet().stream()
        .map(level -> level.getKey() + ":" + level.getValue())
        .collect(Collectors.joining(","));
  }

  private static void merge(ObjectNode target, ObjectNode over) {
    for (Map.Entry<String, JsonNode> field : over.properties()) {
      if (field.getValue() instanceof ObjectNode child
          && target.get(field.getKey()) instanceof ObjectNode present) {
        merge(present, child);
      } else {
        target.set(field.getKey(), field.getValue());
      }
    }
  }

  private static ObjectNode parse(String what, String yaml) {
    try {
      JsonNode tree = yaml.isBlank() ? YAML.createObjectNode() : YAML.readTree(yaml);
      if (tree instanceof ObjectNode object) {
        return object;
      }
      if (tree.isNull() || tree.isMissingNode()) {
        return YAML.createObjectNode();
      }
      throw new PilothouseException(
          "reading " + what,
          "they are no mapping of names to values: " + yaml.strip(),
          "write them as below values: in an IstioOperator, for example: pilot: {traceSampling: 1}",
          null,
          null);
    } catch (JsonProcessingException e) {
      throw new PilothouseException(
          "reading " + what, String.valueOf(e.getMessage()), "correct the YAML", null, e);
    }
  }
}
