package dev.pilothouse.envoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.xds.type.v3.TypedStruct;
import com.google.protobuf.Message;
import dev.pilothouse.envoy.Unknown.Kind;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ResourceMessageTest {
  static Stream<String> dumps() {
    return Dumps.ALL.stream();
  }

  @ParameterizedTest
  @MethodSource("dumps")
  void everyResourceBecomesAMessage(String dump) {
    assertThat(Dumps.read(dump).resources())
        .allSatisfy(
            r ->
                assertThat(r.message().getDescriptorForType().getName())
                    .isEqualTo(r.typeUrl().replaceAll(".*\\.", "")));
  }

  @Test
  void theMessageHasWhatTheJsonHas() {
    EnvoyConfig config = Dumps.read("accepted.json");

    RouteConfiguration routes = config.route("80").orElseThrow().message(RouteConfiguration.class);
    assertThat(
            routes
                .getVirtualHosts(0)
                .getRoutes(0)
                .getResponseHeadersToAdd(0)
                .getHeader()
                .getValue())
        .isEqualTo("one");
    assertThat(config.bootstrap().orElseThrow().message(Bootstrap.class).getNode().getCluster())
        .isEqualTo("client.default");
  }

  @Test
  void anUnknownTypeBecomesATypedStruct() throws Exception {
    ListenerResource listener =
        Dumps.read("istiod-debug.json").listener("0.0.0.0_8000").orElseThrow();

    HttpConnectionManager manager =
        listener
            .message(Listener.class)
            .getFilterChains(0)
            .getFilters(0)
            .getTypedConfig()
            .unpack(HttpConnectionManager.class);
    HttpFilter alpn =
        manager.getHttpFiltersList().stream()
            .filter(f -> f.getName().equals("istio.alpn"))
            .findFirst()
            .orElseThrow();
    TypedStruct standIn = alpn.getTypedConfig().unpack(TypedStruct.class);

    assertThat(standIn.getTypeUrl())
        .endsWith("istio.envoy.config.filter.http.alpn.v2alpha1.FilterConfig");
    assertThat(standIn.getValue().getFieldsMap()).containsKey("alpnOverride");
    assertThat(listener.unknown())
        .singleElement()
        .satisfies(
            unknown -> {
              assertThat(unknown.kind()).isEqualTo(Kind.TYPE);
              assertThat(unknown.name()).isEqualTo(standIn.getTypeUrl());
              assertThat(unknown.pointer()).startsWith(listener.pointer() + "/filterChains/0/");
            });
  }

  @Test
  void aResourceOfUnknownTypeIsATypedStructItself() {
    Resource resource = cluster("{\"@type\": \"type.googleapis.com/a.B\", \"name\": \"c\"}");

    assertThat(resource.message(TypedStruct.class).getTypeUrl())
        .isEqualTo("type.googleapis.com/a.B");
    assertThat(resource.unknown()).extracting(Unknown::kind).containsExactly(Kind.TYPE);
    assertThat(resource.raw().path("@type").textValue()).isEqualTo("type.googleapis.com/a.B");
  }

  @Test
  void unknownFieldsAndEnumValuesAreListedAndLeftOut() {
    Resource resource =
        cluster(
            """
            {"name": "c", "type": "QUANTUM", "lb~policy/x": 1, "connectTimeout": "1s",
             "transport_socket": {"name": "t", "typed_config": {
               "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
               "sni": "s", "newer": {"deep": true}}}}
            """);

    assertThat(resource.message(Cluster.class).getConnectTimeout().getSeconds()).isEqualTo(1);
    assertThat(resource.unknown())
        .extracting(Unknown::kind, Unknown::name, u -> u.pointer().replace(resource.pointer(), ""))
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(Kind.ENUM_VALUE, "QUANTUM", "/type"),
            org.assertj.core.groups.Tuple.tuple(
                Kind.FIELD, "envoy.config.cluster.v3.Cluster.lb~policy/x", "/lb~0policy~1x"),
            org.assertj.core.groups.Tuple.tuple(
                Kind.FIELD,
                "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext.newer",
                "/transport_socket/typed_config/newer"));
  }

  @Test
  void aWrongTypeIsAnErrorWithItsPlace() {
    Resource resource = cluster("{\"name\": \"c\", \"connect_timeout\": \"soon\"}");

    assertThatThrownBy(resource::message)
        .isInstanceOf(EnvoyConfigException.class)
        .hasMessageContaining("soon")
        .hasMessageContaining("/configs/0/static_clusters/0/cluster");
    assertThat(resource.raw().path("connect_timeout").textValue()).isEqualTo("soon");
  }

  @Test
  void anotherMessageThanAskedForIsAnError() {
    Resource resource = cluster("{\"name\": \"c\"}");

    assertThatThrownBy(() -> resource.message(Listener.class))
        .isInstanceOf(EnvoyConfigException.class)
        .hasMessageContaining("not a Listener");
  }

  @Test
  void manyThreadsGetTheSameMessage() throws Exception {
    Resource resource = Dumps.read("istio-sidecar.json").route("8000").orElseThrow();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      Callable<Message> ask = resource::message;
      List<Future<Message>> answers =
          threads.invokeAll(IntStream.range(0, 64).mapToObj(i -> ask).toList());
      for (Future<Message> answer : answers) {
        assertThat(answer.get()).isSameAs(resource.message());
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static Resource cluster(String json) {
    String text =
        "{\"configs\": [{\"@type\": \"type.googleapis.com/envoy.admin.v3.ClustersConfigDump\","
            + "\"static_clusters\": [{\"cluster\": "
            + json
            + "}]}]}";
    return EnvoyConfigInspector.create().read(ConfigSource.text(text)).resources().get(0);
  }
}
