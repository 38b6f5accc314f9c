package dev.pilothouse.kind;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pilothouse.image.ImageSpec;
import java.util.List;
import java.util.stream.StreamSupport;

/**
 * A base image that a node has.
 *
 * @param digest of its manifest or index, or "scratch"
 * @param config its configuration
 * @param layers the descriptors of its layers, as its manifest has them
 */
record NodeBase(String digest, ObjectNode config, List<JsonNode> layers) {
  static NodeBase scratch() {
    return new NodeBase(ImageSpec.SCRATCH, new ObjectMapper().createObjectNode(), List.of());
  }

  static NodeBase of(String digest, JsonNode manifest, JsonNode config) {
    return new NodeBase(
        digest,
        (ObjectNode) config,
        StreamSupport.stream(manifest.path("layers").spliterator(), false).toList());
  }

  long size() {
    return layers.stream().mapToLong(layer -> layer.path("size").asLong()).sum();
  }

  String architecture() {
    return config.path("architecture").asText();
  }
}
