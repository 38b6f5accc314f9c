package dev.pilothouse.internal.rollout;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.internal.ApiServer;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Whether a pod that cannot be scheduled would fit when all that is on its way out is gone. The
 * scheduler itself does not say: it just tries again whenever something changes.
 */
final class NodeRoom {
  private static final List<String> RESOURCES = List.of("cpu", "memory");
  private static final BigDecimal MEBI = BigDecimal.valueOf(1L << 20);

  private final ApiServer server;

  NodeRoom(ApiServer server) {
    this.server = server;
  }

  /**
   * What was found.
   *
   * @param fits whether some node would have room
   * @param table what the pod asks for and each node has, one line each
   */
  record Finding(boolean fits, String table) {}

  Finding lookFor(JsonNode pod) {
    Map<String, BigDecimal> wanted = requests(pod);
    StringBuilder table = new StringBuilder(pod.at("/metadata/name").asText());
    table.append(" asks for ").append(text(wanted));
    boolean fits = false;
    List<JsonNode> nodes = items("/api/v1/nodes");
    List<JsonNode> pods = items("/api/v1/pods");
    for (JsonNode node : nodes) {
      String name = node.at("/metadata/name").asText();
      Map<String, BigDecimal> free = new TreeMap<>();
      Map<String, BigDecimal> taken = new TreeMap<>();
      for (String resource : RESOURCES) {
        BigDecimal used = BigDecimal.ZERO;
        for (JsonNode other : pods) {
          if (other.at("/spec/nodeName").asText().equals(name) && stays(other)) {
            used = used.add(requests(other).getOrDefault(resource, BigDecimal.ZERO));
          }
        }
        taken.put(resource, used);
        free.put(resource, quantity(node.at("/status/allocatable").path(resource)).subtract(used));
      }
      fits |=
          !node.at("/spec/unschedulable").asBoolean()
              && RESOURCES.stream()
                  .allMatch(
                      resource ->
                          wanted
                                  .getOrDefault(resource, BigDecimal.ZERO)
                                  .compareTo(free.getOrDefault(resource, BigDecimal.ZERO))
                              <= 0);
      table
          .append(System.lineSeparator())
          .append("node ")
          .append(name)
          .append(" has ")
          .append(text(free))
          .append(" left, and its pods have ")
          .append(text(taken));
    }
    return new Finding(fits, table.toString());
  }

  private List<JsonNode> items(String collection) {
    List<JsonNode> items = new ArrayList<>();
    server.get(collection).path("items").forEach(items::add);
    return items;
  }

  private static boolean stays(JsonNode pod) {
    String phase = pod.at("/status/phase").asText();
    return !pod.path("metadata").has("deletionTimestamp")
        && !phase.equals("Succeeded")
        && !phase.equals("Failed");
  }

  /** The containers', and those of init containers that go on beside them. */
  private static Map<String, BigDecimal> requests(JsonNode pod) {
    Map<String, BigDecimal> sum = new TreeMap<>();
    for (JsonNode container : pod.at("/spec/containers")) {
      add(sum, container);
    }
    for (JsonNode container : pod.at("/spec/initContainers")) {
      if (container.path("restartPolicy").asText().equals("Always")) {
        add(sum, container);
      }
    }
    return sum;
  }

  private static void add(Map<String, BigDecimal> sum, JsonNode container) {
    for (String resource : RESOURCES) {
      JsonNode request = container.at("/resources/requests").path(resource);
      sum.merge(resource, quantity(request), BigDecimal::add);
    }
  }

  private static BigDecimal quantity(JsonNode text) {
    return text.isMissingNode()
        ? BigDecimal.ZERO
        : Quantity.parse(text.asText()).getNumericalAmount();
  }

  private static String text(Map<String, BigDecimal> amounts) {
    BigDecimal memory = amounts.getOrDefault("memory", BigDecimal.ZERO);
    return amounts.getOrDefault("cpu", BigDecimal.ZERO).stripTrailingZeros().toPlainString()
        + " CPU and "
        + memory.divideToIntegralValue(MEBI).stripTrailingZeros().toPlainString()
        + " MiB";
  }
}
