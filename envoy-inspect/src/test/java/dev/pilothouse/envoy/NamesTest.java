package dev.pilothouse.envoy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The names that istiod makes: of clusters and of owners. */
class NamesTest {
  @ParameterizedTest
  @CsvSource({
    "outbound|8000||httpbin.default.svc.cluster.local, outbound, 8000, '', httpbin.default.svc.cluster.local",
    "outbound|80|v1|a.b, outbound, 80, v1, a.b",
    "inbound|18000||, inbound, 18000, '', ''",
    "inbound-vip|9090|http|a.b, inbound-vip, 9090, http, a.b",
    "outbound_.8000_.v1_.a.b, outbound, 8000, v1, a.b",
    "outbound_.443_._.example.com, outbound, 443, '', example.com",
  })
  void takesClusterNamesApart(String name, String direction, int port, String subset, String host) {
    assertThat(ClusterName.parse(name)).contains(new ClusterName(direction, port, subset, host));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "BlackHoleCluster",
        "xds-grpc",
        "outbound|x||h",
        "outbound|1|h",
        "a|1|b|c|d",
        "outbound|999999||h",
        "|||"
      })
  void otherNamesHaveNoParts(String name) {
    assertThat(ClusterName.parse(name)).isEmpty();
  }

  @Test
  void aClusterNameWritesItselfAsItWas() {
    assertThat(ClusterName.parse("outbound|80|v1|a.b").orElseThrow())
        .hasToString("outbound|80|v1|a.b");
  }

  @Test
  void readsOwners() {
    assertThat(Owner.parse("/apis/networking.istio.io/v1/namespaces/shop/destination-rule/reviews"))
        .contains(new Owner("networking.istio.io/v1", "DestinationRule", "shop", "reviews"));
    assertThat(
            Owner.parse("/apis/networking.istio.io/v1alpha3/namespaces/ns/virtual-service/a.b-c"))
        .map(Owner::toString)
        .contains("VirtualService ns/a.b-c");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "/apis/a/b/c/d/e/f", "apis/a/v1/namespaces/b/c/d", "x"})
  void otherTextsHaveNoOwner(String text) {
    assertThat(Owner.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"route_config,routeConfig", "name,name", "a_b_c,aBC", "'',''"})
  void bothSpellingsOfAField(String snake, String camel) {
    assertThat(JsonNames.camel(snake)).isEqualTo(camel);
    assertThat(JsonNames.snake(camel)).isEqualTo(snake);
  }
}
