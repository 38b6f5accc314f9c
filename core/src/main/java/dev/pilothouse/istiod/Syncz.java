package dev.pilothouse.istiod;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.pilothouse.istiod.ProxySync.TypeSync;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The answer of {@code /debug/syncz}. */
final class Syncz {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Syncz() {}

  static List<ProxySync> read(String answer) throws JsonProcessingException {
    List<ProxySync> proxies = new ArrayList<>();
    for (JsonNode proxy : JSON.readTree(answer)) {
      Map<String, TypeSync> types = new HashMap<>();
      for (Map.Entry<String, JsonNode> type : proxy.path("resources").properties()) {
        JsonNode state = type.getValue();
        types.put(
            type.getKey(),
            new TypeSync(
                state.path("sent").asText(),
                state.path("acked").asText(),
                instant(state.path("sentTime").asText()),
                state.path("lastError").asText()));
      }
      proxies.add(
          new ProxySync(
              proxy.path("proxy").asText(),
              proxy.path("proxy_type").asText(),
              proxy.path("cluster_id").asText(),
              proxy.path("istio_version").asText(),
              types));
    }
    return proxies;
  }

  /** Go writes the year 1 for "never". */
  private static @Nullable Instant instant(String text) {
    try {
      Instant time = text.isEmpty() ? Instant.EPOCH : Instant.parse(text);
      return time.isAfter(Instant.EPOCH) ? time : null;
    } catch (DateTimeParseException e) {
      return null;
    }
  }
}
