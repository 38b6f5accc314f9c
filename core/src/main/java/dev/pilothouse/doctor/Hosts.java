package dev.pilothouse.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** Names of hosts, as istiod reads them. */
final class Hosts {
  private static final String DOMAIN = ".svc.cluster.local";

  private Hosts() {}

  /** A name without a dot is one of the resource's own namespace. */
  static String resolved(String host, String namespace) {
    return host.contains(".") || host.startsWith("*") ? host : host + "." + namespace + DOMAIN;
  }

  /** Whether two names, with wildcards or without, have a host in common. */
  static boolean overlap(String one, String other) {
    if (one.startsWith("*") && other.startsWith("*")) {
      return one.substring(1).endsWith(other.substring(1))
          || other.substring(1).endsWith(one.substring(1));
    }
    if (one.startsWith("*")) {
      return other.endsWith(one.substring(1));
    }
    return other.startsWith("*") ? one.endsWith(other.substring(1)) : one.equals(other);
  }

  static List<String> texts(JsonNode array) {
    List<String> all = new ArrayList<>();
    array.forEach(text -> all.add(text.asText()));
    return all;
  }

  static List<String> resolved(JsonNode hosts, String namespace) {
    return texts(hosts).stream().map(host -> resolved(host, namespace)).toList();
  }

  /** The hosts that the proxy is told of. */
  static List<String> inScope(Case c) {
    List<String> all = new ArrayList<>();
    for (JsonNode service : c.scope().path("services")) {
      all.add(service.path("hostname").asText());
    }
    return all;
  }
}
