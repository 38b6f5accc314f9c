package dev.pilothouse.envoy.diff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pilothouse.envoy.ConfigSection;
import dev.pilothouse.envoy.ConfigSource;
import dev.pilothouse.envoy.Dumps;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigInspector;
import dev.pilothouse.envoy.diff.Difference.Change;
import java.util.List;
import org.junit.jupiter.api.Test;

class EnvoyDiffTest {
  private static final String ROUTES =
      """
      {"name": "80", "virtual_hosts": [{"name": "a", "domains": ["a", "b"], "routes": [
        {"name": "one", "match": {"prefix": "/one"}, "route": {"cluster": "c", "timeout": "3s"}},
        {"name": "two", "match": {"prefix": "/two"}, "route": {"cluster": "c"}},
        {"match": {"prefix": "/three", "headers": [{"name": "x", "present_match": true}]},
         "route": {"weighted_clusters": {"clusters": [
            {"name": "v1", "weight": 90}, {"name": "v2", "weight": 10}]}}},
        {"match": {"prefix": "/"}, "route": {"cluster": "c"}}]}]}
      """;

  @Test
  void twoSnapshotsOfOneProxy() {
    EnvoyDiff diff =
        EnvoyDiff.between(Dumps.read("accepted.json"), Dumps.read("warming-and-rejected.json"));

    assertThat(diff.differences())
        .extracting(Difference::change, Difference::section, Difference::resource)
        .contains(
            org.assertj.core.groups.Tuple.tuple(
                Change.ADDED, ConfigSection.DYNAMIC_LISTENERS, "waiting"));
    assertThat(diff.leftOut()).anySatisfy(left -> assertThat(left.what()).contains("refused"));
    assertThat(diff.table()).contains("+ listener waiting");
  }

  @Test
  void aChangedField() {
    Difference one = only(ROUTES, ROUTES.replace("3s", "4s"));

    assertThat(one.path()).isEqualTo("virtual_hosts[a].routes[one].route.timeout");
    assertThat(one.before().orElseThrow().textValue()).isEqualTo("3s");
    assertThat(one.after().orElseThrow().textValue()).isEqualTo("4s");
    assertThat(one.pointerAfter())
        .isEqualTo(
            "/configs/0/dynamic_route_configs/0/route_config/virtual_hosts/0/routes/0/route/timeout");
    assertThat(one)
        .hasToString(
            "route configuration 80: ~ virtual_hosts[a].routes[one].route.timeout \"3s\" → \"4s\"");
  }

  @Test
  void anInsertedRouteIsOneDifference() {
    Difference one =
        only(
            ROUTES,
            ROUTES.replace(
                "{\"name\": \"two\"",
                "{\"match\": {\"path\": \"/new\"}, \"redirect\": {}}, {\"name\": \"two\""));

    assertThat(one.change()).isEqualTo(Change.ADDED);
    assertThat(one.path()).isEqualTo("virtual_hosts[a].routes[1]");
  }

  @Test
  void aMovedRouteIsOneDifference() {
    String first =
        "{\"name\": \"one\", \"match\": {\"prefix\": \"/one\"}, \"route\": {\"cluster\": \"c\","
            + " \"timeout\": \"3s\"}},";
    String two =
        "{\"name\": \"two\", \"match\": {\"prefix\": \"/two\"}, \"route\": {\"cluster\": \"c\"}},";
    Difference one = only(ROUTES, ROUTES.replace(first, "").replace(two, two + first));

    assertThat(one.change()).isEqualTo(Change.MOVED);
    assertThat(one.before().orElseThrow().intValue() + one.after().orElseThrow().intValue())
        .isEqualTo(1);
  }

  @Test
  void anUnnamedRouteThatChangedIsTheSameRoute() {
    assertThat(only(ROUTES, ROUTES.replace("/three", "/four")).path())
        .isEqualTo("virtual_hosts[a].routes[2].match.prefix");
    assertThat(only(ROUTES, ROUTES.replace("90", "80")).path())
        .isEqualTo("virtual_hosts[a].routes[2].route.weighted_clusters.clusters[v1].weight");
  }

  @Test
  void aRenamedElementIsTheSameElement() {
    assertThat(only(ROUTES, ROUTES.replace("\"two\"", "\"zwei\"")).path())
        .isEqualTo("virtual_hosts[a].routes[zwei].name");
    assertThat(only(ROUTES, ROUTES.replace("\"name\": \"a\"", "\"name\": \"z\"")).path())
        .isEqualTo("virtual_hosts[z].name");
    assertThat(only(ROUTES, ROUTES.replace("[\"a\", \"b\"]", "[\"c\", \"a\"]")).path())
        .isEqualTo("virtual_hosts[a].domains[0]");
  }

  @Test
  void anotherMemberOfAOneofIsOneDifference() {
    Difference one = only(ROUTES, ROUTES.replace("{\"prefix\": \"/two\"}", "{\"path\": \"/two\"}"));

    assertThat(one.path()).isEqualTo("virtual_hosts[a].routes[two].match.path_specifier");
    assertThat(one).hasToString(one.toString()).asString().contains("{\"prefix\":\"/two\"}");
  }

  @Test
  void whatIsUnknownIsComparedAsJson() {
    String cluster =
        """
        {"name": "c", "newerField": {"someThing": [1, 2]}, "transport_socket": {"name": "t",
          "typed_config": {"@type": "type.googleapis.com/a.B", "someField": {"a": 1}}}}
        """;

    assertThat(clusters(cluster, cluster.replace("newerField", "newer_field")).differences())
        .isEmpty();
    assertThat(clusters(cluster, cluster.replace("someField", "some_field")).differences())
        .isEmpty();
    assertThat(clusters(cluster, cluster.replace("[1, 2]", "[1, 3]")).differences())
        .singleElement()
        .extracting(Difference::path)
        .isEqualTo("newer_field.someThing[1]");
    assertThat(clusters(cluster, cluster.replace("\"a\": 1", "\"a\": 2")).differences())
        .singleElement()
        .extracting(Difference::path)
        .isEqualTo("transport_socket.typed_config.someField.a");
  }

  @Test
  void documentedDefaultsAreAbsence() {
    String plain = "{\"name\": \"c\", \"circuit_breakers\": {\"thresholds\": [{}]}}";
    String full =
        "{\"name\": \"c\", \"type\": \"STATIC\", \"connect_timeout\": \"5.0s\","
            + " \"circuit_breakers\": {\"thresholds\": [{\"priority\": 0,"
            + " \"max_connections\": 1024}]}}";

    assertThat(clusters(plain, full).differences()).isEmpty();
    assertThat(clusters(plain, full.replace("1024", "1")).differences())
        .singleElement()
        .hasToString("cluster c: + circuit_breakers.thresholds[0].max_connections 1");
    assertThat(clusters(full, full.replace("5.0s", "6s")).differences())
        .singleElement()
        .hasToString("cluster c: ~ connect_timeout \"5.0s\" → \"6s\"");
  }

  @Test
  void presenceOfAMessageCounts() {
    String plain = "{\"name\": \"c\"}";
    assertThat(clusters(plain, "{\"name\": \"c\", \"outlier_detection\": {}}").differences())
        .singleElement()
        .hasToString("cluster c: + outlier_detection {}");
  }

  @Test
  void dataIsTheSameAsTextAndAsBytes() {
    String text =
        "{\"name\": \"s\", \"validation_context\": {\"trusted_ca\": {\"inline_string\": \"hi\"}}}";
    String bytes = text.replace("inline_string\": \"hi", "inlineBytes\": \"aGk=");
    assertThat(secrets(text, bytes).isEmpty()).isTrue();
    assertThat(secrets(text, bytes.replace("aGk=", "aGo")).differences()).hasSize(1);
  }

  @Test
  void whatIsRedactedOnOneSideIsUndecided() {
    String mine =
        "{\"name\": \"s\", \"tls_certificate\": {\"private_key\": {\"inline_bytes\": \"%s\"}}}";
    EnvoyDiff diff = secrets(mine.formatted("W3JlZGFjdGVkXQ=="), mine.formatted("YWJj"));

    assertThat(diff.differences()).isEmpty();
    assertThat(diff.leftOut())
        .singleElement()
        .asString()
        .contains("tls_certificate.private_key.inline_bytes", "redacted");
  }

  @Test
  void staticAndDynamicMayBeMerged() {
    String clusters = "{\"name\": \"c\"}";
    EnvoyConfig asStatic = config("Clusters", "static_clusters", "cluster", clusters);
    EnvoyConfig dynamic = config("Clusters", "dynamic_active_clusters", "cluster", clusters);

    assertThat(EnvoyDiff.between(asStatic, dynamic).differences())
        .extracting(Difference::change)
        .containsExactlyInAnyOrder(Change.REMOVED, Change.ADDED);
    assertThat(
            EnvoyDiff.between(asStatic, dynamic, DiffOptions.oneProxy().mergingOrigins()).isEmpty())
        .isTrue();
  }

  @Test
  void warmingBecomesActiveWithoutADifference() {
    EnvoyConfig warming =
        config("Clusters", "dynamic_warming_clusters", "cluster", "{\"name\": \"c\"}");
    EnvoyConfig active =
        config("Clusters", "dynamic_active_clusters", "cluster", "{\"name\": \"c\"}");

    assertThat(EnvoyDiff.between(warming, active).isEmpty()).isTrue();
  }

  @Test
  void twoProxiesDifferInMoreThanWhoTheyAre() {
    EnvoyConfig mine = Dumps.read("istio-sidecar.json");
    String other =
        Dumps.text("istio-sidecar.json")
            .replace("127.42.232.1", "127.42.232.9")
            .replace("127.41.232.1", "127.41.232.9")
            .replace("client.default", "other.default")
            .replace("\"port_value\": 26262", "\"port_value\": 26263");
    EnvoyConfig others = EnvoyConfigInspector.create().read(ConfigSource.text(other));

    assertThat(EnvoyDiff.between(mine, others).differences()).isNotEmpty();
    DiffOptions two = DiffOptions.twoProxies();
    assertThat(EnvoyDiff.between(mine, others, two).differences())
        .isNotEmpty()
        .allSatisfy(d -> assertThat(d.path()).isEqualTo("address.socket_address.address"));
    assertThat(
            EnvoyDiff.between(mine, others, two.withSame("127.41.232.1", "127.41.232.9")).isEmpty())
        .isTrue();
    assertThat(
            EnvoyDiff.between(
                    mine, others, two.ignoring("envoy.config.listener.v3.Listener.address"))
                .isEmpty())
        .isTrue();
  }

  @Test
  void whatADumpHoldsTwiceIsToldOnce() {
    // The static listener, its inline routes and the static cluster's endpoints.
    String other =
        Dumps.text("accepted.json")
            .replace("\"status\": 204", "\"status\": 205")
            .replace("\"load_balancing_weight\": 3\n", "\"load_balancing_weight\": 4\n");
    EnvoyConfig after = EnvoyConfigInspector.create().read(ConfigSource.text(other));

    assertThat(EnvoyDiff.between(Dumps.read("accepted.json"), after).differences())
        .extracting(Difference::section)
        .containsOnly(ConfigSection.BOOTSTRAP);
  }

  @Test
  void theOrderOfFiltersCounts() {
    EnvoyConfig before = Dumps.read("istiod-debug.json");
    String listener = before.listener("0.0.0.0_8000").orElseThrow().raw().toString();
    int fault = listener.indexOf("{\"name\":\"envoy.filters.http.fault\"");
    int cors = listener.indexOf("{\"name\":\"envoy.filters.http.cors\"");
    assertThat(fault).isPositive();
    assertThat(cors).isPositive();
    int first = Math.min(fault, cors);
    int second = Math.max(fault, cors);
    int end = listener.indexOf("{\"name\":\"envoy.filters.http.", second + 1);
    String swapped =
        listener.substring(0, first)
            + listener.substring(second, end)
            + listener.substring(first, second)
            + listener.substring(end);

    EnvoyDiff diff = EnvoyDiff.between(listeners(listener), listeners(swapped));
    assertThat(diff.differences())
        .singleElement()
        .satisfies(
            moved -> {
              assertThat(moved.change()).isEqualTo(Change.MOVED);
              assertThat(moved.path()).contains("typed_config.http_filters[envoy.filters.http.");
            });
  }

  private static EnvoyConfig listeners(String listener) {
    return config(
        "Listeners", "dynamic_listeners", "active_state", "{\"listener\": " + listener + "}");
  }

  private static Difference only(String before, String after) {
    List<Difference> found =
        EnvoyDiff.between(
                config("Routes", "dynamic_route_configs", "route_config", before),
                config("Routes", "dynamic_route_configs", "route_config", after))
            .differences();
    assertThat(found).hasSize(1);
    return found.get(0);
  }

  private static EnvoyDiff clusters(String before, String after) {
    return EnvoyDiff.between(
        config("Clusters", "dynamic_active_clusters", "cluster", before),
        config("Clusters", "dynamic_active_clusters", "cluster", after));
  }

  private static EnvoyDiff secrets(String before, String after) {
    return EnvoyDiff.between(
        config("Secrets", "dynamic_active_secrets", "secret", before),
        config("Secrets", "dynamic_active_secrets", "secret", after));
  }

  private static EnvoyConfig config(String dump, String section, String field, String resource) {
    String json =
        "{\"configs\": [{\"@type\": \"type.googleapis.com/envoy.admin.v3."
            + dump
            + "ConfigDump\", \""
            + section
            + "\": [{\""
            + field
            + "\": "
            + resource
            + "}]}]}";
    return EnvoyConfigInspector.create().read(ConfigSource.text(json));
  }
}
