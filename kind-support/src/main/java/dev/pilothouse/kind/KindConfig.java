package dev.pilothouse.kind;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.pilothouse.failure.PilothouseException;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What kind is told, from a {@link KindSpec}.
 *
 * @param spec what is asked for
 * @param cluster the whole configuration but the mark, {@code kind: Cluster}
 */
record KindConfig(KindSpec spec, ObjectNode cluster) {
  private static final YAMLMapper YAML =
      YAMLMapper.builder().disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER).build();
  private static final String CONTROL_PLANE = "control-plane";

  /** Merges the parts of the specification into its raw configuration. */
  static KindConfig of(KindSpec spec) {
    ObjectNode cluster = raw(spec.rawConfig());
    cluster.put("kind", "Cluster").put("apiVersion", "kind.x-k8s.io/v1alpha4");
    cluster.put("name", spec.name());
    new TreeMap<>(spec.featureGates())
        .forEach((gate, on) -> cluster.withObject("/featureGates").put(gate, on));
    ArrayNode nodes = nodes(spec, cluster);
    for (JsonNode node : nodes) {
      if (spec.nodeImage() != null) {
        ((ObjectNode) node).put("image", spec.nodeImage());
      }
      spec.mounts().forEach(mount -> mount(node, mount));
    }
    publish(spec, nodes);
    return new KindConfig(spec, cluster);
  }

  private static ObjectNode raw(@Nullable String text) {
    if (text == null) {
      return YAML.createObjectNode();
    }
    try {
      JsonNode raw = YAML.readTree(text);
      if (raw instanceof ObjectNode cluster
          && raw.path("kind").asText("Cluster").equals("Cluster")) {
        return cluster;
      }
      throw unusable("it is no mapping of kind: Cluster", null);
    } catch (JsonProcessingException e) {
      throw unusable("it is no YAML: " + e.getOriginalMessage(), e);
    }
  }

  private static ArrayNode nodes(KindSpec spec, ObjectNode cluster) {
    ArrayNode nodes = cluster.withArray("/nodes");
    boolean asked = spec.controlPlanes() != 1 || spec.workers() != 0;
    if (!nodes.isEmpty() && asked) {
      throw unusable("it has nodes of its own, and others are asked for beside it", null);
    }
    if (nodes.isEmpty()) {
      for (int i = 0; i < spec.controlPlanes(); i++) {
        nodes.addObject().put("role", CONTROL_PLANE);
      }
      for (int i = 0; i < spec.workers(); i++) {
        nodes.addObject().put("role", "worker");
      }
    }
    for (JsonNode node : nodes) {
      if (!node.isObject()) {
        throw unusable("a node in it is no mapping: " + node, null);
      }
    }
    return nodes;
  }

  private static void mount(JsonNode node, KindMount mount) {
    ObjectNode entry = ((ObjectNode) node).withArray("/extraMounts").addObject();
    entry.put("hostPath", mount.hostPath().toString()).put("containerPath", mount.containerPath());
    if (mount.readOnly()) {
      entry.put("readOnly", true);
    }
  }

  private static void publish(KindSpec spec, ArrayNode nodes) {
    if (spec.ports().isEmpty()) {
      return;
    }
    for (JsonNode node : nodes) {
      if (node.path("role").asText(CONTROL_PLANE).equals(CONTROL_PLANE)) {
        for (PortMapping port : spec.ports()) {
          ((ObjectNode) node)
              .withArray("/extraPortMappings")
              .addObject()
              .put("containerPort", port.containerPort())
              .put("hostPort", port.hostPort())
              .put("listenAddress", "127.0.0.1")
              .put("protocol", "TCP");
        }
        return;
      }
    }
    throw unusable("it has no control plane whose ports could be published", null);
  }

  /** All that decides whether a cluster is the one that was asked for, as YAML. */
  String request() {
    ObjectNode request = YAML.createObjectNode();
    request.put("pilothouse", version());
    request.put("lifetime", spec.lifetime().toString());
    request.set("cluster", cluster);
    return write(request);
  }

  /** What the file says that kind reads. */
  String marked(Mark mark) {
    ObjectNode marked = cluster.deepCopy();
    for (JsonNode node : marked.withArray("/nodes")) {
      ((ObjectNode) node)
          .withArray("/extraMounts")
          .addObject()
          .put("hostPath", Mark.SOURCE)
          .put("containerPath", mark.path())
          .put("readOnly", true);
    }
    return write(marked);
  }

  /** The images that the configuration names; none for kind's own. */
  Set<String> images() {
    Set<String> images = new LinkedHashSet<>();
    for (JsonNode node : cluster.path("nodes")) {
      if (node.hasNonNull("image")) {
        images.add(node.path("image").asText());
      }
    }
    return images;
  }

  /** Whether the user brings the pods' network, so that no node becomes ready before. */
  boolean withoutNetwork() {
    return cluster.path("networking").path("disableDefaultCNI").asBoolean();
  }

  int nodeCount() {
    return cluster.path("nodes").size();
  }

  /** How another request differs, line by line; for messages. */
  static String difference(String there, String asked) {
    List<String> thereLines = there.lines().toList();
    List<String> askedLines = asked.lines().toList();
    StringBuilder text = new StringBuilder();
    thereLines.stream()
        .filter(line -> !askedLines.contains(line))
        .forEach(line -> text.append(System.lineSeparator()).append("  there: ").append(line));
    askedLines.stream()
        .filter(line -> !thereLines.contains(line))
        .forEach(line -> text.append(System.lineSeparator()).append("  asked: ").append(line));
    return text.toString();
  }

  private static String write(ObjectNode node) {
    try {
      return YAML.writeValueAsString(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree can be written", e);
    }
  }

  private static String version() {
    try (InputStream file = KindConfig.class.getResourceAsStream("version.properties")) {
      Properties properties = new Properties();
      if (file != null) {
        properties.load(file);
      }
      return properties.getProperty("version", "unknown");
    } catch (IOException e) {
      throw new IllegalStateException("the version of this library cannot be read", e);
    }
  }

  private static PilothouseException unusable(String why, @Nullable Exception cause) {
    return new PilothouseException(
        "reading the raw kind configuration", why, "correct it", null, cause);
  }
}
