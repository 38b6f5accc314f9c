package dev.pilothouse.envoy.assertj;

import static dev.pilothouse.envoy.assertj.EnvoyAssertions.assertThat;
import static dev.pilothouse.envoy.assertj.Samples.HTTPBIN;
import static dev.pilothouse.envoy.assertj.Samples.V1;
import static dev.pilothouse.envoy.assertj.Samples.V2;
import static dev.pilothouse.envoy.assertj.Samples.fails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pilothouse.envoy.ConfigSource;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigInspector;
import dev.pilothouse.envoy.diff.DiffOptions;
import org.junit.jupiter.api.Test;
import org.opentest4j.AssertionFailedError;

class EnvoyConfigAssertTest {
  private static final EnvoyConfig SIDECAR = Samples.sidecar();
  private static final EnvoyConfig TROUBLED = Samples.read("warming-and-rejected.json");

  @Test
  void listener() {
    assertThat(SIDECAR).listener("127.0.0.1_8000").hasPort(8000);
    fails(() -> assertThat(SIDECAR).listener("8000"), "nearest: 127.0.0.1_8000, ");
  }

  @Test
  void listenerOn() {
    assertThat(SIDECAR).listenerOn(8000).isActive();
    fails(
        () -> assertThat(SIDECAR).listenerOn(7999),
        "to have one active listener on port 7999",
        "it has listeners on [443, 8000, 9000, 9080, 9090]");
    fails(
        () -> assertThat(Samples.read("istiod-debug.json")).listenerOn(443),
        "it has [10.96.0.1_443, 0.0.0.0_443]; take one by its name");
  }

  @Test
  void route() {
    assertThat(SIDECAR).route("8000").isActive();
    fails(() -> assertThat(SIDECAR).route("800"), "nearest: 8000, 9080, 9090");
  }

  @Test
  void cluster() {
    assertThat(SIDECAR).cluster(V1).isActive();
    fails(
        () -> assertThat(SIDECAR).cluster(V1.replace("v1", "v3")),
        "nearest: " + V1 + ", " + V2 + ", ",
        ", and 9 more");
  }

  @Test
  void endpoints() {
    assertThat(SIDECAR).endpoints(V1).hasSize(1);
    fails(() -> assertThat(SIDECAR).endpoints("outbound|8000||nobody"), "nearest: ");
    fails(() -> assertThat(Samples.read("istiod-debug.json")).endpoints("unknown"), "nearest: ");
  }

  @Test
  void secret() {
    assertThat(Samples.various()).secret("server").isActive();
    fails(() -> assertThat(Samples.various()).secret("sever"), "nearest: server, ");
    fails(() -> assertThat(SIDECAR).secret("default"), "there are no secrets at all");
  }

  @Test
  void doesNotHaveCluster() {
    assertThat(SIDECAR).doesNotHaveCluster(V1.replace("v1", "v3"));
    fails(
        () -> assertThat(SIDECAR).doesNotHaveCluster("BlackHoleCluster"),
        "not to have the cluster \"BlackHoleCluster\"",
        "there it is: ClusterResource[BlackHoleCluster, dynamic, active",
        "at text, at /configs/1/dynamic_active_clusters/0/cluster, line ");
  }

  @Test
  void doesNotHaveListener() {
    assertThat(SIDECAR).doesNotHaveListener("0.0.0.0_9999");
    fails(() -> assertThat(SIDECAR).doesNotHaveListener("127.0.0.1_8000"), "there it is: ");
  }

  @Test
  void doesNotHaveRoute() {
    assertThat(SIDECAR).doesNotHaveRoute("9999");
    fails(() -> assertThat(SIDECAR).doesNotHaveRoute("8000"), "there it is: ");
  }

  @Test
  void hasSubsets() {
    assertThat(SIDECAR).hasSubsets(HTTPBIN, 8000, "v2", "v1");
    assertThat(SIDECAR).hasSubsets("reviews.default.svc.cluster.local", 9080);
    fails(
        () -> assertThat(SIDECAR).hasSubsets(HTTPBIN, 8000, "v1"),
        "to have for " + HTTPBIN + ", port 8000, the subsets [v1]",
        "it has [v1, v2]");
    fails(
        () -> assertThat(SIDECAR).hasSubsets(HTTPBIN, 8001, "v1"),
        "to have the cluster \"outbound|8001||" + HTTPBIN + "\"");
  }

  @Test
  void hasNoRejectedConfig() {
    assertThat(SIDECAR).hasNoRejectedConfig();
    fails(
        () -> assertThat(TROUBLED).hasNoRejectedConfig(),
        "1 is rejected:\n  ListenerResource[refused, dynamic, rejected: Didn't find",
        "at text, at /configs/3/dynamic_listeners/3/error_state/failed_configuration, line ");
  }

  @Test
  void hasNothingWarming() {
    assertThat(SIDECAR).hasNothingWarming();
    fails(
        () -> assertThat(TROUBLED).hasNothingWarming(),
        "2 are warming:\n  ClusterResource[outbound|81||away, dynamic, warming, version c2]",
        "ListenerResource[waiting, dynamic, warming, version l2]");
  }

  @Test
  void hasNothingUnknown() {
    assertThat(Samples.read("accepted.json")).hasNothingUnknown();
    fails(
        () -> assertThat(Samples.read("istiod-debug.json")).hasNothingUnknown(),
        "it holds 3 unknown parts: ",
        "TYPE type.googleapis.com/istio.envoy.config.filter.http.alpn");
  }

  @Test
  void isInSyncWith() {
    EnvoyConfig pushed = pushed();
    assertThat(SIDECAR).isInSyncWith(pushed);
    fails(
        () -> assertThat(slower()).isInSyncWith(pushed),
        "to be in sync with EnvoyConfig[text: 5 listeners, 3 route configurations",
        "there are differences:\n",
        "route configuration 8000: ~ virtual_hosts[httpbin.default.svc.cluster.local:8000].routes[0].route.timeout"
            + " \"4s\" → \"5s\"");
    fails(() -> assertThat(TROUBLED).isInSyncWith(pushed), "1 is rejected:");
  }

  @Test
  void meansTheSameAs() {
    assertThat(SIDECAR).meansTheSameAs(SIDECAR, DiffOptions.oneProxy());
    fails(
        () -> assertThat(slower()).meansTheSameAs(SIDECAR, DiffOptions.oneProxy()),
        "to mean the same as EnvoyConfig[text: 5 listeners",
        ".route.timeout \"4s\" → \"5s\"");
  }

  /** What a control plane would have for it: no bootstrap, nothing static. */
  private static EnvoyConfig pushed() {
    ObjectNode raw = (ObjectNode) SIDECAR.raw();
    ArrayNode kept = raw.putArray("configs");
    for (JsonNode config : SIDECAR.raw().get("configs")) {
      String type = config.get("@type").textValue();
      if (!type.endsWith("BootstrapConfigDump") && !type.endsWith("EndpointsConfigDump")) {
        ObjectNode section = (ObjectNode) config;
        section.properties().removeIf(field -> field.getKey().startsWith("static_"));
        kept.add(section);
      }
    }
    return EnvoyConfigInspector.create().read(ConfigSource.text(raw.toString()));
  }

  private static EnvoyConfig slower() {
    String text =
        Samples.text("istio-sidecar.json").replace("\"timeout\": \"4s\"", "\"timeout\": \"5s\"");
    return EnvoyConfigInspector.create().read(ConfigSource.text(text));
  }

  /** The whole message, as a reader sees it. */
  @Test
  void aFailureTellsWhatWhereAndWhy() {
    AssertionFailedError failure =
        catchThrowableOfType(
            AssertionFailedError.class,
            () ->
                assertThat(SIDECAR)
                    .as("the slow canary")
                    .route("8000")
                    .virtualHost("httpbin")
                    .route(0)
                    .hasTimeout(java.time.Duration.ofSeconds(5)));

    assertThat(failure)
        .hasMessage(
            """
            [the slow canary]\s
            Expected route 0 "canary" of virtual host "httpbin.default.svc.cluster.local:8000" of\
             route configuration "8000"
            to have route.timeout 5s,
            but its timeout is 4s
            expected:
              route:
                timeout: 5s
            actual:
              route:
                timeout: 4s
            where: text, at /configs/5/dynamic_route_configs/0/route_config/virtual_hosts/0/routes/0,\
             line 1851, byte 52327
            made from: VirtualService default/httpbin""");
    assertThat(failure.getExpected().getValue()).isEqualTo("route:\n  timeout: 5s");
    assertThat(failure.getActual().getValue()).isEqualTo("route:\n  timeout: 4s");
    assertThat(failure.getStackTrace()[0].getClassName()).isEqualTo(getClass().getName());
  }

  @Test
  void aNullIsNoConfiguration() {
    fails(() -> assertThat((EnvoyConfig) null).hasNoRejectedConfig(), "but it is null");
    fails(() -> assertThat((EnvoyConfig) null).route("8000"), "but it is null");
  }
}
