package dev.pilothouse.istiod;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pilothouse.image.DeliveredIstiod;
import dev.pilothouse.image.DeliveredIstiod.NodeIstiod;

/** What a delivery changes in a Deployment's pods: as {@code kubectl set image}, and the mount. */
final class TemplatePatch {
  private TemplatePatch() {}

  /** A strategic merge patch of the image alone. */
  static ObjectNode image(DeliveredIstiod delivered) {
    ObjectNode patch = JsonNodeFactory.instance.objectNode();
    patch
        .withObject("/spec/template/spec")
        .putArray("containers")
        .addObject()
        .put("name", Replicas.CONTAINER)
        .put("image", delivered.image())
        .put("imagePullPolicy", delivered.pullPolicy());
    return patch;
  }

  /** A strategic merge patch. */
  static JsonNode of(DeliveredIstiod delivered) {
    ObjectNode patch = image(delivered);
    ObjectNode pods = patch.withObject("/spec/template/spec");
    ObjectNode container = (ObjectNode) pods.withArray("containers").get(0);
    ArrayNode mounts = container.putArray("volumeMounts");
    ArrayNode volumes = pods.putArray("volumes");
    if (delivered instanceof NodeIstiod node) {
      mounts.add(OperatorFile.mount());
      volumes.add(OperatorFile.volume(node));
    } else {
      mounts.addObject().put("mountPath", NodeIstiod.MOUNT_PATH).put("$patch", "delete");
      volumes.addObject().put("name", OperatorFile.VOLUME).put("$patch", "delete");
    }
    return patch;
  }
}
