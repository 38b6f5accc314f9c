package dev.pilothouse.envoy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A dump of the size of a large mesh: a recorded one, its hosts many times over. */
class LargeDumpTest {
  private static final int HOSTS = 2_500;

  @Test
  void readsThirtyMegabytes(@TempDir Path folder) throws IOException {
    Path file = write(folder.resolve("large.json"));
    assertThat(Files.size(file)).isGreaterThan(30_000_000);

    EnvoyConfig config = EnvoyConfigInspector.create().read(ConfigSource.file(file));

    int routes = 0;
    for (RouteResource each : config.routeConfigurations()) {
      routes += each.virtualHosts().stream().mapToInt(host -> host.routes().size()).sum();
    }
    assertThat(routes).isEqualTo(2 * HOSTS * 5);
    VirtualHost last =
        config.route("1").orElseThrow().virtualHost("host-" + (HOSTS - 1)).orElseThrow();
    JsonNode raw = config.raw();
    assertThat(raw.at(last.pointer()).path("name").textValue()).isEqualTo(last.name());
  }

  /** Written piece by piece, pretty as Envoy does. */
  private static Path write(Path file) throws IOException {
    String host = host();
    try (OutputStream out = Files.newOutputStream(file)) {
      put(
          out,
          "{\"configs\": [{\"@type\": \"type.googleapis.com/envoy.admin.v3.RoutesConfigDump\",");
      put(out, "\"dynamic_route_configs\": [");
      for (int i = 0; i < 2; i++) {
        put(out, (i == 0 ? "" : ",") + "{\"route_config\": {\"name\": \"" + i + "\",");
        put(out, "\"virtual_hosts\": [");
        for (int j = 0; j < HOSTS; j++) {
          put(out, (j == 0 ? "" : ",\n") + host.replace("httpbin", "host-" + j));
        }
        put(out, "]}}");
      }
      put(out, "]}]}");
    }
    return file;
  }

  private static String host() {
    ObjectNode routes =
        (ObjectNode) Dumps.read("istio-sidecar.json").route("8000").orElseThrow().raw();
    for (JsonNode host : (ArrayNode) routes.path("virtual_hosts")) {
      if (host.path("name").textValue().startsWith("httpbin")) {
        return host.toPrettyString();
      }
    }
    throw new IllegalStateException("no httpbin in " + routes);
  }

  private static void put(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
  }
}
