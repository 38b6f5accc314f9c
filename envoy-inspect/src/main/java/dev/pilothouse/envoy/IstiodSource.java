package dev.pilothouse.envoy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Asks istiod what it has for a proxy. istiod takes the first connection whose name contains the
 * proxy's, of a map: so it is asked first who is connected.
 */
record IstiodSource(AdminEndpoint istiod, String proxyId) implements ConfigSource {
  private static final int NAMES_TOLD = 5;

  @Override
  public String describe() {
    return istiod + "/debug/config_dump?proxyID=" + proxyId;
  }

  @Override
  public ConfigDump fetch(ReadLimits limits) {
    long deadline = System.nanoTime() + limits.timeout().toNanos();
    String connection = connection(limits);
    Duration left = Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
    String id = URLEncoder.encode(connection, StandardCharsets.UTF_8);
    AdminReply reply =
        istiod
            .get("/debug/config_dump?proxyID=" + id + "&include_eds=true", limits.withTimeout(left))
            .ok();
    return ConfigDump.of(describe(), reply.bytes());
  }

  /** A connection is named by its proxy and a number: {@code client.default-3}. */
  private String connection(ReadLimits limits) {
    AdminReply reply = istiod.get("/debug/connections", limits).ok();
    List<String> all = new ArrayList<>();
    for (JsonNode client : clients(reply)) {
      all.add(client.path("connectionId").asText());
    }
    List<String> own = all.stream().filter(this::isOwn).toList();
    if (own.isEmpty()) {
      throw refused(
          "no such proxy is connected; connected are " + some(all),
          "name it as pod.namespace, and ask the istiod that it is connected to");
    }
    String newest = own.get(own.size() - 1);
    List<String> alike = all.stream().filter(id -> id.contains(newest) && !isOwn(id)).toList();
    if (!alike.isEmpty()) {
      throw refused(
          "istiod cannot tell " + newest + " from " + some(alike),
          "ask the proxy itself, or be that proxy over xDS");
    }
    return newest;
  }

  private Iterable<JsonNode> clients(AdminReply reply) {
    try {
      return Json.MAPPER.readTree(reply.bytes()).path("clients");
    } catch (IOException e) {
      throw new EnvoyConfigException(
          reply.request(),
          "it is no list of connections: " + reply.document().excerpt(),
          "check that this is istiod's debug interface",
          e);
    }
  }

  private boolean isOwn(String connection) {
    int number = connection.lastIndexOf('-');
    return connection.equals(proxyId)
        || (number > 0 && connection.substring(0, number).equals(proxyId));
  }

  private EnvoyConfigException refused(String found, String toDo) {
    return new EnvoyConfigException("GET " + describe(), found, toDo, null);
  }

  private static String some(List<String> names) {
    String told = String.join(", ", names.stream().limit(NAMES_TOLD).toList());
    int rest = names.size() - NAMES_TOLD;
    return names.isEmpty() ? "none" : rest > 0 ? told + " and " + rest + " more" : told;
  }
}
