package dev.pilothouse.envoy.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Which connections a filter chain takes: in istioctl's words, and further what it leaves out. */
final class ChainMatchText {
  /** istiod's sets of application protocols, by what they are for. */
  private static final Map<List<String>, String> PROTOCOLS =
      Map.of(
          List.of("http/1.0", "http/1.1", "h2c", "istio-http/1.0", "istio-http/1.1", "istio-h2"),
          "HTTP TLS",
          List.of("istio", "istio-http/1.0", "istio-http/1.1", "istio-h2"),
          "Istio HTTP Plain",
          List.of("istio-peer-exchange", "istio"),
          "TCP TLS",
          List.of("http/1.0", "http/1.1", "h2c"),
          "HTTP");

  private ChainMatchText() {}

  static String of(Fields match) {
    List<String> parts = new ArrayList<>();
    if (match.has("server_names")) {
      parts.add("SNI: " + String.join(",", match.texts("server_names")));
    }
    if (match.has("transport_protocol")) {
      parts.add("Trans: " + match.text("transport_protocol"));
    }
    if (match.has("application_protocols")) {
      List<String> protocols = match.texts("application_protocols");
      parts.add("App: " + PROTOCOLS.getOrDefault(protocols, String.join(",", protocols)));
    }
    String port = match.has("destination_port") ? ":" + match.text("destination_port") : "";
    if (match.has("prefix_ranges")) {
      parts.add("Addr: " + ranges(match, "prefix_ranges") + port);
    } else if (!port.isEmpty()) {
      parts.add("Addr: *" + port);
    }
    String source = ranges(match, "source_prefix_ranges");
    String ports = String.join(",", match.texts("source_ports"));
    if (!source.isEmpty() || !ports.isEmpty()) {
      String from = source.isEmpty() ? "*" : source;
      parts.add("Source: " + from + (ports.isEmpty() ? "" : ":" + ports));
    }
    if (match.has("direct_source_prefix_ranges")) {
      parts.add("Direct source: " + ranges(match, "direct_source_prefix_ranges"));
    }
    if (match.has("source_type") && !match.text("source_type").equals("ANY")) {
      parts.add("Source type: " + match.text("source_type"));
    }
    String rest =
        match.rest(
            "server_names",
            "transport_protocol",
            "application_protocols",
            "destination_port",
            "prefix_ranges",
            "source_prefix_ranges",
            "source_ports",
            "direct_source_prefix_ranges",
            "source_type");
    if (!rest.isEmpty()) {
      parts.add(rest);
    }
    return parts.isEmpty() ? "ALL" : String.join("; ", parts);
  }

  private static String ranges(Fields match, String name) {
    return String.join(",", match.objects(name, ChainMatchText::range));
  }

  static String range(Fields range) {
    String length = range.text("prefix_len");
    return range.text("address_prefix") + "/" + (length.isEmpty() ? "0" : length);
  }
}
