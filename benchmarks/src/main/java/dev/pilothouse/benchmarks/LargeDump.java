package dev.pilothouse.benchmarks;

import dev.pilothouse.LocalMesh;
import dev.pilothouse.LocalMeshSpec;
import dev.pilothouse.cluster.Manifests;
import dev.pilothouse.envoy.AdminEndpoint;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigInspector;
import dev.pilothouse.envoy.ReadLimits;
import dev.pilothouse.istiod.IstiodSpec;
import dev.pilothouse.istiod.MeshProfile;
import dev.pilothouse.toolbox.Toolbox;
import dev.pilothouse.workload.Workload;
import dev.pilothouse.workload.WorkloadSpec;
import dev.pilothouse.workload.WorkloadSpec.Security;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/**
 * Makes the config dump of a large mesh: 1,500 hosts on two ports, a third of them with two subsets
 * and six routes. It is what a real Envoy answers that a real istiod has configured.
 */
final class LargeDump {
  private static final int HOSTS = 1_500;
  private static final int RICH_HOSTS = 500;
  private static final int CLUSTERS = 2 * HOSTS + 4 * RICH_HOSTS;
  private static final int ROUTES = 2 * (HOSTS - RICH_HOSTS) + 2 * 6 * RICH_HOSTS;

  private LargeDump() {}

  /**
   * Makes it, which takes a minute or two.
   *
   * @param toolbox has the mesh's binaries
   * @param file where it is written
   */
  static void make(Toolbox toolbox, Path file) throws IOException {
    IstiodSpec istiod =
        IstiodSpec.defaults()
            .withProfile(MeshProfile.UPSTREAM_ENVOY_MTLS)
            .withValidation(false)
            .withEnvironment("PILOT_DEBOUNCE_AFTER", "1s")
            .withEnvironment("PILOT_DEBOUNCE_MAX", "20s");
    try (LocalMesh mesh = LocalMesh.start(LocalMeshSpec.of(toolbox).withIstiod(istiod))) {
      mesh.cluster().apply(Manifests.yaml(manifests()));
      // With an agent, which gives the root certificates that TLS to the services needs.
      WorkloadSpec spec =
          WorkloadSpec.client("client")
              .withSecurity(Security.MUTUAL_TLS)
              .withReadyDeadline(Duration.ofMinutes(2));
      Workload client = mesh.workloads().deploy(spec);
      EnvoyConfigInspector.create()
          .await(client.proxy().config(), LargeDump::complete, Duration.ofMinutes(3));
      byte[] dump =
          AdminEndpoint.at(client.proxy().admin())
              .get("/config_dump?include_eds", ReadLimits.DEFAULT)
              .ok()
              .bytes();
      Path part = file.resolveSibling(file.getFileName() + ".part");
      Files.write(part, dump);
      Files.move(part, file);
    }
  }

  /** How many routes there are in all virtual hosts. */
  static int routes(EnvoyConfig config) {
    return config.routeConfigurations().stream()
        .flatMap(routes -> routes.virtualHosts().stream())
        .mapToInt(host -> host.routes().size())
        .sum();
  }

  private static boolean complete(EnvoyConfig config) {
    return config.clusters().size() >= CLUSTERS && routes(config) >= ROUTES;
  }

  private static String manifests() {
    StringBuilder yaml = new StringBuilder();
    for (int i = 0; i < HOSTS; i++) {
      yaml.append(format(SERVICE, i)).append(format(RULE, i));
      if (i < RICH_HOSTS) {
        yaml.append(SUBSETS).append(format(ROUTES_OF_HOST, i));
      }
    }
    return yaml.toString();
  }

  private static String format(String template, int i) {
    return template
        .replace("@HOST@", String.format(Locale.ROOT, "service-%04d", i))
        .replace("@ADDRESS@", "10." + (i / 250 + 1) + "." + i % 250);
  }

  private static final String SERVICE =
      """
      ---
      apiVersion: networking.istio.io/v1
      kind: ServiceEntry
      metadata: {name: @HOST@, namespace: default}
      spec:
        hosts: [@HOST@.shop.example.com]
        location: MESH_INTERNAL
        resolution: STATIC
        ports:
        - {number: 8000, name: http, protocol: HTTP}
        - {number: 9000, name: http-more, protocol: HTTP}
        endpoints:
        - {address: @ADDRESS@.1, labels: {version: v1}, locality: north/n1}
        - {address: @ADDRESS@.2, labels: {version: v2}, locality: north/n2}
      """;

  private static final String RULE =
      """
      ---
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: @HOST@, namespace: default}
      spec:
        host: @HOST@.shop.example.com
        trafficPolicy:
          connectionPool:
            tcp: {maxConnections: 100, connectTimeout: 2s}
            http: {http1MaxPendingRequests: 100, http2MaxRequests: 200}
          outlierDetection: {consecutive5xxErrors: 5, interval: 10s}
          tls: {mode: SIMPLE, sni: @HOST@.shop.example.com}
      """;

  /** Belongs to the rule before it. */
  private static final String SUBSETS =
      """
        subsets:
        - {name: v1, labels: {version: v1}}
        - {name: v2, labels: {version: v2}}
      """;

  private static final String ROUTES_OF_HOST =
      """
      ---
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: @HOST@, namespace: default}
      spec:
        hosts: [@HOST@.shop.example.com]
        http:
        - match: [{uri: {prefix: /api/v1}, headers: {x-user: {exact: jane}}}]
          route: [{destination: {host: @HOST@.shop.example.com, subset: v2}}]
          retries: {attempts: 3, perTryTimeout: 2s, retryOn: 5xx}
        - match: [{uri: {prefix: /api/v2}}]
          route:
          - {destination: {host: @HOST@.shop.example.com, subset: v1}, weight: 90}
          - {destination: {host: @HOST@.shop.example.com, subset: v2}, weight: 10}
        - match: [{uri: {regex: "/items/[0-9]+"}}]
          timeout: 4s
          route: [{destination: {host: @HOST@.shop.example.com, subset: v1}}]
        - match: [{uri: {exact: /health}}]
          route: [{destination: {host: @HOST@.shop.example.com, subset: v1}}]
          headers: {response: {set: {x-from: @HOST@}}}
        - match: [{uri: {exact: /old}}]
          redirect: {uri: /new}
        - route: [{destination: {host: @HOST@.shop.example.com, subset: v1}}]
      """;
}
