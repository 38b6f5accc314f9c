package dev.pilothouse.internal.delve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pilothouse.image.DeliveredIstiod;
import dev.pilothouse.image.DeliveredIstiod.ImageIstiod;
import dev.pilothouse.image.ImageDebugger;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What changes in a container that goes under Delve.
 *
 * @param program the program's path in the image, where the container has no command of its own
 * @param image the image to run; empty for the one that the container has
 * @param asInTheGuide whether everything shall be as in Istio's guide
 */
public record DelveChange(String program, Optional<DeliveredIstiod> image, boolean asInTheGuide) {
  private static final List<String> PROBES =
      List.of("readinessProbe", "livenessProbe", "startupProbe");

  /**
   * An image that somebody has named: the nodes have it or can pull it.
   *
   * @param reference the image
   * @return it, for {@link #image}
   */
  public static DeliveredIstiod named(String reference) {
    return new ImageIstiod(reference, DeliveredIstiod.IF_NOT_PRESENT, false);
  }

  /**
   * The container's fields with their new values, and no others.
   *
   * @param container the container as it is
   * @return the fields
   */
  public ObjectNode of(JsonNode container) {
    ObjectNode change = JsonNodeFactory.instance.objectNode();
    image.ifPresent(
        its -> change.put("image", its.image()).put("imagePullPolicy", its.pullPolicy()));
    change.set("command", command(container.path("command")));
    for (String name : PROBES) {
      if (container.path(name) instanceof ObjectNode probe) {
        // It still gets ready by its probe, and then stays so while it stands still.
        change.set(name, probe.deepCopy().put("failureThreshold", Integer.MAX_VALUE));
      }
    }
    if (asInTheGuide) {
      ObjectNode context =
          container.path("securityContext") instanceof ObjectNode theirs
              ? theirs.deepCopy()
              : JsonNodeFactory.instance.objectNode();
      context.put("allowPrivilegeEscalation", true).put("readOnlyRootFilesystem", false);
      change.set("securityContext", context);
    }
    return change;
  }

  /** Delve, and what the container's own command has been. */
  private ArrayNode command(JsonNode own) {
    Path dlv = Path.of(ImageDebugger.IN_THE_IMAGE);
    ImageDebugger debugger =
        asInTheGuide ? ImageDebugger.asInTheGuide(dlv) : ImageDebugger.onLoopback(dlv);
    ArrayNode command = JsonNodeFactory.instance.arrayNode();
    debugger.command(own.path(0).asText(program)).forEach(command::add);
    for (int i = 1; i < own.size(); i++) {
      command.add(own.get(i));
    }
    return command;
  }
}
