package dev.pilothouse.envoy;

import java.util.Map;
import java.util.Set;

/** Says what a document is that is no config dump. */
final class NotADump {
  static final String ADVICE =
      "give the answer to Envoy's /config_dump or istiod's /debug/config_dump";

  private static final Map<String, String> OTHER_ANSWERS =
      Map.of(
          "cluster_statuses", "/clusters?format=json",
          "listener_statuses", "/listeners?format=json",
          "certificates", "/certs",
          "command_line_options", "/server_info",
          "stats", "/stats?format=json",
          "unready_targets_dumps", "/init_dump");

  private NotADump() {}

  static String describe(Set<String> fields) {
    for (String field : fields) {
      String path = OTHER_ANSWERS.get(field);
      if (path != null) {
        return "it is an answer to " + path + ", no config dump";
      }
    }
    if (fields.contains("static_resources") || fields.contains("dynamic_resources")) {
      return "it is what Envoy is started with, no config dump";
    }
    String some = String.join(", ", fields.stream().limit(5).toList());
    return "it is JSON, but no config dump: it has no configs, but " + some;
  }
}
