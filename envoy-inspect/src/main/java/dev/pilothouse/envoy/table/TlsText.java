package dev.pilothouse.envoy.table;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** What a transport socket does, in words. */
final class TlsText {
  private TlsText() {}

  /** Of a filter chain; empty for plain text. */
  static String ofChain(Fields chain) {
    if (!chain.has("transport_socket")) {
      return "";
    }
    Fields socket = chain.object("transport_socket");
    Fields tls = tlsContext(socket);
    if (tls.isEmpty()) {
      return name(socket);
    }
    String mode = tls.flag("require_client_certificate") ? "mTLS" : "TLS";
    return mode + secrets(tls.object("common_tls_context"));
  }

  /** Of a cluster; {@code plain} for plain text. */
  static String ofCluster(Fields cluster) {
    List<Fields> byEndpoint = cluster.objects("transport_socket_matches");
    if (!byEndpoint.isEmpty()) {
      List<String> choices = new ArrayList<>();
      for (Fields choice : byEndpoint) {
        String match = labels(choice.object("match"));
        choices.add(upstream(choice.object("transport_socket")) + " for " + match);
      }
      return String.join("; ", choices);
    }
    if (cluster.has("transport_socket_matcher")) {
      return "by a matcher: " + cluster.object("transport_socket_matcher").node();
    }
    return upstream(cluster.object("transport_socket"));
  }

  private static String labels(Fields match) {
    List<String> labels = new ArrayList<>();
    match.names().forEach(name -> labels.add(name + "=" + match.text(name)));
    return labels.isEmpty() ? "others" : String.join(",", labels);
  }

  private static String upstream(Fields socket) {
    if (socket.isEmpty()) {
      return "plain";
    }
    Fields tls = tlsContext(socket);
    if (tls.isEmpty()) {
      return name(socket);
    }
    Fields common = tls.object("common_tls_context");
    boolean ownCertificate =
        common.has("tls_certificates") || common.has("tls_certificate_sds_secret_configs");
    StringBuilder text = new StringBuilder(ownCertificate ? "mTLS" : "TLS");
    text.append(secrets(common));
    if (tls.has("sni")) {
      text.append(" sni ").append(tls.text("sni"));
    } else if (tls.flag("auto_host_sni")) {
      text.append(" sni of the endpoint");
    }
    if (!validates(common)) {
      text.append(" (server not verified)");
    }
    return text.toString();
  }

  private static boolean validates(Fields common) {
    return common.has("validation_context")
        || common.has("validation_context_sds_secret_config")
        || common.has("combined_validation_context");
  }

  /** Which secrets it uses, by their names in SDS. */
  private static String secrets(Fields common) {
    TreeSet<String> names = new TreeSet<>();
    common.objects("tls_certificate_sds_secret_configs").forEach(s -> names.add(s.text("name")));
    Fields combined = common.object("combined_validation_context");
    names.add(common.object("validation_context_sds_secret_config").text("name"));
    names.add(combined.object("validation_context_sds_secret_config").text("name"));
    names.remove("");
    return names.isEmpty() ? "" : " " + names;
  }

  /** The TLS context of a socket, also inside one that wraps it; empty when it is no TLS. */
  private static Fields tlsContext(Fields socket) {
    Fields config = socket.object("typed_config");
    if (config.has("common_tls_context")) {
      return config;
    }
    for (String inner :
        List.of("downstream_tls_context", "upstream_tls_context", "tls_socket_config")) {
      if (config.has(inner)) {
        return config.object(inner);
      }
    }
    return config.has("transport_socket")
        ? tlsContext(config.object("transport_socket"))
        : config(socket);
  }

  /** A TLS context may be all defaults. */
  private static Fields config(Fields socket) {
    boolean tls = socket.text("name").equals("envoy.transport_sockets.tls");
    return tls ? socket : Fields.none();
  }

  private static String name(Fields socket) {
    String name = Texts.shortName(socket.text("name"));
    return name.equals("raw_buffer") ? "plain" : name;
  }
}
