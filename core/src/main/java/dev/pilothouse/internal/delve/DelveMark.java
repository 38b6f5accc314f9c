package dev.pilothouse.internal.delve;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pilothouse.internal.install.Owner;
import java.util.Map;
import java.util.Optional;

/**
 * What a Deployment was before a container of it went under Delve. It lies in an annotation of the
 * Deployment from the same request on that changes it.
 *
 * @param owner who has it under Delve
 * @param replicas how many pods it wanted
 * @param container the container's name
 * @param before the container's fields that were changed, as they were, null for those that were
 *     not there; empty where the container itself was not there, as that of a sidecar
 */
record DelveMark(Owner owner, int replicas, String container, Optional<ObjectNode> before) {
  static final String ANNOTATION = "pilothouse.dev/before-delve";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ANNOTATIONS = "/metadata/annotations";
  private static final String CONTAINERS = "/spec/template/spec/containers";
  private static final String REPLICAS = "/spec/replicas";

  /** What a change is about to replace. */
  static DelveMark of(Owner owner, String name, JsonNode deployment, ObjectNode change) {
    int replicas = deployment.at(REPLICAS).asInt(1);
    JsonNode container = container(deployment, name);
    if (container.isMissingNode()) {
      return new DelveMark(owner, replicas, name, Optional.empty());
    }
    ObjectNode before = JsonNodeFactory.instance.objectNode();
    change
        .fieldNames()
        .forEachRemaining(
            field -> {
              JsonNode value = container.get(field);
              before.set(field, value == null ? NullNode.getInstance() : value.deepCopy());
            });
    return new DelveMark(owner, replicas, name, Optional.of(before));
  }

  /** The mark that a Deployment bears; empty for none. */
  static Optional<DelveMark> on(JsonNode deployment) {
    String text = deployment.at(ANNOTATIONS).path(ANNOTATION).asText();
    try {
      JsonNode mark = JSON.readTree(text);
      String container = mark.path("container").asText();
      if (container.isEmpty()) {
        return Optional.empty();
      }
      Owner owner = new Owner(mark.at("/owner/host").asText(), mark.at("/owner/run").asText());
      Optional<ObjectNode> before =
          mark.get("before") instanceof ObjectNode fields ? Optional.of(fields) : Optional.empty();
      return Optional.of(new DelveMark(owner, mark.path("replicas").asInt(1), container, before));
    } catch (JsonProcessingException e) {
      return Optional.empty(); // Nobody can set back by that, whoever has written it.
    }
  }

  /** A container of the Deployment's pods; a missing node if there is none. */
  static JsonNode container(JsonNode deployment, String name) {
    return deployment.at(CONTAINERS).path(index(deployment, name));
  }

  /** A JSON patch that makes the change, and leaves the mark. */
  ArrayNode patch(JsonNode deployment, ObjectNode change) {
    ArrayNode patch = JsonNodeFactory.instance.arrayNode();
    if (before.isEmpty()) {
      operation(patch, "add", CONTAINERS + "/-", change.deepCopy().put("name", container));
    } else {
      requireOrder(patch, deployment);
      change
          .properties()
          .forEach(field -> operation(patch, "add", path(deployment, field), field.getValue()));
    }
    operation(patch, "add", REPLICAS, JsonNodeFactory.instance.numberNode(1));
    if (!deployment.at(ANNOTATIONS).isObject()) {
      operation(patch, "add", ANNOTATIONS, JsonNodeFactory.instance.objectNode());
    }
    operation(patch, "add", annotation(), JsonNodeFactory.instance.textNode(text()));
    return patch;
  }

  /** A JSON patch that takes the change back, and the mark. What others have changed stays. */
  ArrayNode undo(JsonNode deployment) {
    ArrayNode patch = JsonNodeFactory.instance.arrayNode();
    JsonNode now = container(deployment, container);
    if (!now.isMissingNode()) {
      requireOrder(patch, deployment);
      if (before.isEmpty()) {
        remove(patch, CONTAINERS + "/" + index(deployment, container));
      } else {
        for (Map.Entry<String, JsonNode> field : before.get().properties()) {
          if (!field.getValue().isNull()) {
            operation(patch, "add", path(deployment, field), field.getValue());
          } else if (now.has(field.getKey())) {
            remove(patch, path(deployment, field));
          }
        }
      }
    }
    if (deployment.at(REPLICAS).asInt() == 1) {
      operation(patch, "add", REPLICAS, JsonNodeFactory.instance.numberNode(replicas));
    }
    remove(patch, annotation());
    return patch;
  }

  private String text() {
    ObjectNode mark = JsonNodeFactory.instance.objectNode();
    mark.putObject("owner").put("host", owner.host()).put("run", owner.run());
    mark.put("replicas", replicas).put("container", container);
    before.ifPresent(fields -> mark.set("before", fields));
    return mark.toString();
  }

  /** Fails where the containers were put into another order since they were read. */
  private void requireOrder(ArrayNode patch, JsonNode deployment) {
    String name = CONTAINERS + "/" + index(deployment, container) + "/name";
    operation(patch, "test", name, JsonNodeFactory.instance.textNode(container));
  }

  private static void operation(ArrayNode patch, String name, String path, JsonNode value) {
    patch.addObject().put("op", name).put("path", path).set("value", value);
  }

  private static void remove(ArrayNode patch, String path) {
    patch.addObject().put("op", "remove").put("path", path);
  }

  private String path(JsonNode deployment, Map.Entry<String, JsonNode> field) {
    return CONTAINERS + "/" + index(deployment, container) + "/" + field.getKey();
  }

  private static String annotation() {
    return ANNOTATIONS + "/" + ANNOTATION.replace("/", "~1");
  }

  private static int index(JsonNode deployment, String name) {
    JsonNode containers = deployment.at(CONTAINERS);
    for (int i = 0; i < containers.size(); i++) {
      if (containers.get(i).path("name").asText().equals(name)) {
        return i;
      }
    }
    return -1;
  }
}
