package dev.pilothouse.istiod;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.pilothouse.istiod.ProxySync.TypeSync;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SynczTest {
  @Test
  void readsProxiesThatFollow() throws JsonProcessingException {
    List<ProxySync> proxies = Syncz.read(Recorded.text("syncz.json"));
    assertThat(proxies)
        .extracting(ProxySync::proxyId)
        .containsExactly("client.default", "gw.istio-system", "web-client.default");
    ProxySync client = proxies.get(0);
    assertThat(client.proxyType()).isEqualTo("sidecar");
    assertThat(client.istioVersion()).isEqualTo("1.31.0");
    assertThat(client.types())
        .containsOnlyKeys(
            ProxySync.CLUSTERS, ProxySync.LISTENERS, ProxySync.ENDPOINTS, ProxySync.ROUTES);
    TypeSync clusters = client.types().get(ProxySync.CLUSTERS);
    assertThat(clusters)
        .isEqualTo(
            new TypeSync(
                "2026-11-22T02:12:19Z/8defabc02-2c17-46e0-af70-baf5db2c0f54",
                "2026-11-22T02:12:19Z/8defabc02-2c17-46e0-af70-baf5db2c0f54",
                Instant.parse("2026-11-22T02:12:19.247759685Z"),
                ""));
    assertThat(proxies).allMatch(ProxySync::inSync).noneMatch(ProxySync::rejected);
  }

  @Test
  void aGatewayWithoutRoutesIsInSync() throws JsonProcessingException {
    ProxySync gateway = Syncz.read(Recorded.text("syncz.json")).get(1);
    assertThat(gateway.types()).doesNotContainKey(ProxySync.ROUTES);
    assertThat(gateway.inSync()).isTrue();
  }

  @Test
  void readsRejections() throws JsonProcessingException {
    ProxySync client = Syncz.read(Recorded.text("syncz-rejected.json")).get(0);
    assertThat(client.inSync()).isFalse();
    assertThat(client.rejected()).isTrue();
    assertThat(client.types())
        .extractingByKey(ProxySync.LISTENERS)
        .extracting(TypeSync::lastError)
        .asString()
        .contains("Didn't find a registered implementation for 'istio.metadata_exchange'");
    assertThat(client.table())
        .contains("client.default (sidecar)")
        .contains("Listener               REJECTED: Error adding/updating listener(s) 127.0.0.1");
  }

  @Test
  void isNotInSyncBeforeListenersAreAskedFor() {
    ProxySync early = sync(Map.of(ProxySync.CLUSTERS, acked()));
    assertThat(early.inSync()).isFalse();
  }

  @Test
  void isNotInSyncWhileSomethingIsAskedForAndNotSent() {
    Map<String, TypeSync> types = new HashMap<>();
    types.put(ProxySync.CLUSTERS, acked());
    types.put(ProxySync.LISTENERS, acked());
    assertThat(sync(types).inSync()).isTrue();
    types.put(ProxySync.ROUTES, new TypeSync("", "", null, ""));
    assertThat(sync(types).inSync()).isFalse();
    assertThat(sync(types).table()).contains("RouteConfiguration     asked for, nothing sent");
  }

  @Test
  void isNotInSyncWhileAPushIsUnderWay() {
    ProxySync pushed =
        sync(
            Map.of(
                ProxySync.CLUSTERS,
                acked(),
                ProxySync.LISTENERS,
                new TypeSync("2", "1", null, "")));
    assertThat(pushed.inSync()).isFalse();
    assertThat(pushed.table()).contains("Listener               sent, not acknowledged");
  }

  @Test
  void aProxyMayHaveSubscribedToNothing() throws JsonProcessingException {
    ProxySync fresh = Syncz.read("[{\"proxy\":\"a.b\",\"proxy_type\":\"sidecar\"}]").get(0);
    assertThat(fresh.inSync()).isFalse();
    assertThat(fresh.table()).contains("has subscribed to nothing yet");
  }

  private static TypeSync acked() {
    return new TypeSync("1", "1", Instant.EPOCH, "");
  }

  private static ProxySync sync(Map<String, TypeSync> types) {
    return new ProxySync("app-1.default", "sidecar", "Kubernetes", "", types);
  }
}
