package dev.pilothouse.envoy;

import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

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

  /** Fails if the bytes are visibly something else than JSON in UTF-8. */
  static void refuseOtherEncoding(Document document) {
    byte[] bytes = document.bytes();
    if (startsWith(bytes, 0x1F, 0x8B)) {
      throw refused(document, "it looks like gzip", "unpack it first, as with gunzip");
    }
    if (startsWith(bytes, 'P', 'K', 3, 4)) {
      throw refused(document, "it looks like a zip file", "unpack it first");
    }
    boolean zeros = false;
    for (int i = 0; i < Math.min(bytes.length, 4); i++) {
      zeros |= bytes[i] == 0;
    }
    if (zeros) {
      throw refused(
          document,
          "it looks like " + encoding(bytes) + ", without a byte order mark or as a binary file",
          "write it in UTF-8, as Envoy does");
    }
  }

  /** By where the zeros are; the first characters of JSON are ASCII. */
  private static String encoding(byte[] bytes) {
    boolean wide = bytes.length >= 4 && (bytes[1] | bytes[2]) == 0;
    boolean little = bytes[0] != 0;
    return (wide ? "UTF-32" : "UTF-16") + (little ? "LE" : "BE");
  }

  private static boolean startsWith(byte[] bytes, int... start) {
    return bytes.length >= start.length
        && IntStream.range(0, start.length).allMatch(i -> (bytes[i] & 0xFF) == start[i]);
  }

  private static EnvoyConfigException refused(Document document, String found, String toDo) {
    return EnvoyConfigException.at(
        document.place("", 0), "reading " + document.name(), found, toDo, null);
  }

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
