package dev.pilothouse.benchmarks;

import dev.pilothouse.envoy.xds.XdsClient;
import dev.pilothouse.envoy.xds.XdsFleet;
import dev.pilothouse.envoy.xds.XdsNode;
import dev.pilothouse.envoy.xds.XdsOptions;
import dev.pilothouse.envoy.xds.XdsServer;
import dev.pilothouse.envoy.xds.XdsType;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Many delta proxies in a JVM of their own. */
final class XdsProxies {
  private static final List<XdsType> TYPES =
      List.of(XdsType.CLUSTERS, XdsType.ENDPOINTS, XdsType.LISTENERS, XdsType.ROUTES);

  private XdsProxies() {}

  /**
   * Runs until its standard input ends. Each line of that asks for the heap that is in use.
   *
   * @param arguments istiod's port, and how many proxies
   */
  public static void main(String[] arguments) throws IOException {
    XdsServer istiod = XdsServer.plaintext("127.0.0.1", Integer.parseInt(arguments[0]));
    int count = Integer.parseInt(arguments[1]);
    try (XdsFleet fleet = XdsFleet.of(istiod);
        BufferedReader in =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (int i = 0; i < count; i++) {
        fleet.connect(XdsOptions.of(node(i)));
      }
      while (in.readLine() != null) {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        long total = fleet.clients().stream().mapToLong(XdsProxies::resources).sum();
        System.out.println(runtime.totalMemory() - runtime.freeMemory() + " " + total);
      }
    }
  }

  /** The same identities as the peer's. */
  private static XdsNode node(int i) {
    String ip = "10." + (64 + i / 65536) + "." + i / 256 % 256 + "." + i % 256;
    return XdsNode.sidecar("app-" + i, "default", ip).withMetadata("ISTIO_VERSION", "1.31.0");
  }

  private static long resources(XdsClient client) {
    return TYPES.stream().mapToLong(type -> client.resources(type.typeUrl()).size()).sum();
  }
}
