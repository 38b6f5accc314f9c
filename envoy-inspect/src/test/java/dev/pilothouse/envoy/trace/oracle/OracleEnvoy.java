package dev.pilothouse.envoy.trace.oracle;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.pilothouse.envoy.ConfigSource;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigInspector;
import dev.pilothouse.envoy.admin.EnvoyAdmin;
import dev.pilothouse.toolbox.ManagedProcess;
import dev.pilothouse.toolbox.ProcessSpec;
import dev.pilothouse.toolbox.RunDirectory;
import dev.pilothouse.toolbox.Toolbox;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A real Envoy with the listeners of many scenarios. */
final class OracleEnvoy implements AutoCloseable {
  private static final Duration START = Duration.ofMinutes(2);
  private static final int CLUSTERS = 10;

  private final RunDirectory run;
  private final Map<String, Integer> ports = new HashMap<>();
  private final EnvoyConfig config;

  private OracleEnvoy(RunDirectory run, URI admin) throws IOException {
    this.run = run;
    try (InputStream in = admin.resolve("/listeners?format=json").toURL().openStream()) {
      for (JsonNode status : new ObjectMapper().readTree(in).path("listener_statuses")) {
        JsonNode port = status.path("local_address").path("socket_address").path("port_value");
        ports.put(status.path("name").asText(), port.asInt());
      }
    }
    this.config = EnvoyConfigInspector.create().read(ConfigSource.admin(admin));
  }

  /**
   * Starts one.
   *
   * @param minor Envoy's minor release
   */
  static OracleEnvoy start(String minor, List<Scenario> scenarios, Backend backend, TestTls tls)
      throws IOException {
    String binary = Toolbox.create().provisionEnvoy(minor).path().toString();
    RunDirectory run = RunDirectory.open("envoy-oracle");
    try {
      int port = run.reservePort();
      run.write(
          "bootstrap.json", tls.withCertificates(backend.withPorts(bootstrap(port, scenarios))));
      ManagedProcess process =
          run.start(
              new ProcessSpec(
                  "envoy",
                  List.of(
                      binary,
                      "-c",
                      "bootstrap.json",
                      "--disable-hot-restart",
                      "--concurrency",
                      "1",
                      "--log-level",
                      "error"),
                  Map.of(),
                  run.path(),
                  Duration.ZERO));
      URI admin = URI.create("http://127.0.0.1:" + port);
      process.await("/ready answers 200", () -> EnvoyAdmin.at(admin).ready(), START);
      return new OracleEnvoy(run, admin);
    } catch (IOException | RuntimeException | Error e) {
      run.close();
      throw e;
    }
  }

  /**
   * Where a scenario's listener is bound. With use_original_dst Envoy asks the kernel for what the
   * connection was meant for: where connection tracking is on, as on a machine with Docker, that
   * has an answer for IPv4, which would take the place of the PROXY header's.
   */
  static String entry(Scenario scenario) {
    return scenario.others().isEmpty() ? "127.0.0.1" : "::1";
  }

  static String name(int scenario) {
    return "l" + scenario;
  }

  private static String bootstrap(int port, List<Scenario> scenarios) {
    List<String> listeners = new ArrayList<>();
    List<String> clusters = new ArrayList<>();
    for (int i = 0; i < scenarios.size(); i++) {
      Scenario scenario = scenarios.get(i);
      String name = name(i);
      listeners.add(
          Json.json(
              """
              {'name': '%s', 'address': {'socket_address': {'address': '%s', 'port_value': 0}},
               'listener_filters': [{'name': 'envoy.filters.listener.proxy_protocol', 'typed_config': {
                 '@type': 'type.googleapis.com/envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol'}}%s],
               %s}
              """,
              name,
              entry(scenario),
              scenario.listenerFilters(),
              scenario.listener().replace(Scenario.ENTRY, name)));
      clusters.addAll(scenario.clusters());
      scenario.others().forEach(other -> listeners.add(other.replace(Scenario.ENTRY, name)));
    }
    String echo = Json.json("'pipe': {'path': './echo.sock'}");
    clusters.add(cluster("echo", echo));
    listeners.add(Json.json("{'name': 'echo', 'address': {%s}, %s}", echo, Json.echo()));
    for (int i = 1; i <= BackedKinds.SHADOWS; i++) {
      String one = Json.json("{'lb_endpoints': [%s]}", BackedKinds.endpoint(2 + i, ""));
      clusters.add(BackedKinds.cluster("shadow" + i, "", one));
    }
    for (int i = 0; i < CLUSTERS; i++) {
      clusters.add(cluster("c" + i, "'socket_address': {'address': '127.0.0.1', 'port_value': 1}"));
      String pipe = Json.json("'pipe': {'path': './t%d.sock'}", i);
      clusters.add(cluster("t" + i, pipe));
      listeners.add(
          Json.json(
              "{'name': 'tcp%d', 'address': {%s}, 'filter_chains': [%s]}",
              i, pipe, Json.speaking("t" + i, "{}")));
    }
    return Json.json(
        """
        {'admin': {'address': {'socket_address': {'address': '127.0.0.1', 'port_value': %d}}},
         'layered_runtime': {'layers': [{'name': 'fixed', 'static_layer': {
           'oracle': {'half': {'numerator': 50, 'denominator': 'HUNDRED'}, 'never': 0, 'always': 100}}}]},
         'static_resources': {'clusters': %s, 'listeners': %s}}
        """,
        port, Json.list(clusters), Json.list(listeners));
  }

  private static String cluster(String name, String address) {
    return Json.json(
        """
        {'name': '%s', 'connect_timeout': '1s', 'load_assignment': {'cluster_name': '%s', 'endpoints': [
          {'lb_endpoints': [{'endpoint': {'address': {%s}}}]}]}}
        """,
        name, name, address.replace('\'', '"'));
  }

  EnvoyConfig config() {
    return config;
  }

  int port(String listener) {
    return Objects.requireNonNull(ports.get(listener), listener);
  }

  @Override
  public void close() {
    run.close();
  }
}
