package dev.pilothouse.envoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.util.JsonFormat;
import dev.pilothouse.envoy.Resource.State;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Secrets that are known by a name beside them or by their form, in JSON and in protobuf. */
class SecretFormsTest {
  private static final String SECRET = "Hunter2Hunter3";

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'request_headers_to_add': [{'header': {'key': 'cookie', 'value': 'session=%s'}}]",
        "'request_headers_to_add': [{'header': {'key': 'X-Api-Key', 'value': '%s'}}]",
        "'request_headers_to_add': [{'header': {'key': 'x-note', 'value': 'Bearer %s'}}]",
        "'routes': [{'match': {'prefix': '/', 'headers': [{'name': 'x-api-key',"
            + " 'string_match': {'exact': '%s'}}]}}]",
        "'routes': [{'match': {'prefix': '/', 'headers': [{'string_match': {'prefix': '%s'},"
            + " 'name': 'x-user-token'}]}}]",
        "'routes': [{'match': {'prefix': '/', 'headers': [{'name': 'Authorization',"
            + " 'exact_match': '%s'}]}}]",
        "'routes': [{'match': {'prefix': '/', 'queryParameters': [{'name': 'access_token',"
            + " 'stringMatch': {'exact': '%s'}}]}}]",
        "'metadata': {'filter_metadata': {'a': {'API_KEY': '%s'}}}",
        "'metadata': {'filter_metadata': {'a': {'DB_PASSWORD': '%s', 'b': {'SECRET_TOKEN': 'x'}}}}",
        "'metadata': {'filter_metadata': {'a': {'password': {'nested': ['%s']}}}}",
        "'metadata': {'filter_metadata': {'a': {'x': ['redis://:%s@h:1/']}}}",
        "'metadata': {'filter_metadata': {'a': {'x': 'https://u:%s@h, as said'}}}",
        "'metadata': {'filter_metadata': {'a': {'x': 'https://%s@h'}}}",
        "'metadata': {'filter_metadata': {'a': {'x': 'https://u:a\\u0026%s@h'}}}",
        "'metadata': {'filter_metadata': {'a': {'x': 'said: basic %s, so'}}}",
        "'metadata': {'filter_metadata': {'a': {'x': 'DB_PASSWORD=%s; y'}}}",
        "'metadata': {'filter_metadata': {'a': {'x': 'client_secret: \\'%s\\''}}}",
        "'metadata': {'filter_metadata': {'a': {'x': 'client_secret: \\\"%s\\\"'}}}",
        "'metadata': {'filter_metadata': {'a': {'x': 'bearer password: %s'}}}",
        "'metadata': {'filter_metadata': {'a': {'x': '{\\\"kty\\\":\\\"oct\\\","
            + "\\\"k\\\": \\\"%1$s%1$s\\\"}'}}}",
        "'metadata': {'filter_metadata': {'a': {'x': 'a://b://u:%s@h'}}}",
        "'metadata': {'filter_metadata': {'a': {'x': '(eyJhbGciOiJIUzI1NiJ9.eyJzdWI.%s)'}}}",
      })
  void areNowhere(String field) throws Exception {
    String host =
        ("{'name': 'v', 'domains': ['*'], " + field.formatted(SECRET) + "}")
            .replace("\\'", "`")
            .replace('\'', '"')
            .replace('`', '\'');
    String json = "{\"name\": \"r\", \"virtual_hosts\": [" + host + "]}";

    for (EnvoyConfig config : List.of(fromJson(json), fromProtobuf(json))) {
      assertThat(everything(config)).doesNotContain(SECRET).contains("\"v\"");
    }
    assertThat(fromJson(json).route("r").orElseThrow().message().toString()).doesNotContain(SECRET);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'secretName': 'seen'",
        "'sds_config': 'seen'",
        "'token_bucket': {'max_tokens': 5, 'tokens_per_fill': '7'}",
        "'trustBundle': 'seen'",
        "'hash_policy': [{'cookie': {'name': 'seen', 'ttl': '1s'}}]",
        "'cookie_names': {'bearer_token': 'seen', 'refreshToken': 'seen'}",
        "'token_endpoint': 'https://issuer/token'",
        "'header': {'key': 'x-user', 'value': 'seen'}",
        "'header': {'key': 'x-token', 'value': '%REQ(X-OTHER)%'}",
        "'headers': [{'name': 'x-token', 'present_match': true}]",
        "'headers': [{'name': 'authorization', 'string_match': {'prefix': 'Bearer '}}]",
        "'headers': [{'name': 'authorization', 'string_match': {'safe_regex': {'regex': 'a.*'}}}]",
        "'headers': [{'name': 'token'}, {'string_match': {'exact': 'seen too'}}]",
        "'x': 'Basic authentication failed, the bearer of it'",
        "'x': 'http://h/a@b http://h:80/ spiffe://td/ns/a/sa/b mail@h'",
        "'x': 'eyJhbGciOiJIUzI1NiJ9 eyJhbGciOiJIUzI1NiJ9.a'",
        "'x': 'password is password={0} password: %REQ(X)% password'",
        "'API_KEYS': 7, 'API_KEY': 7, 'DB_PASSWORD': true, 'PASSWORD_FILE': '/etc/p'",
      })
  void whatIsNoSecretStays(String fields) {
    String json = "{'name':'r','x':{" + fields + "}}";
    String text = json.replace('\'', '"').replace(": ", ":").replace(", ", ",");

    assertThat(fromJson(text).resources().get(0).raw()).hasToString(text);
  }

  @Test
  void theRestOfATextStays() {
    String json =
        "{\"name\":\"r\",\"x\":[\"https://u:pw@h/p\",\"say Bearer aB3-_45 now\","
            + "\"password: abc, next\",\"a eyJhbGciOiJIUz.eyJ.sig\"]}";

    assertThat(fromJson(json).resources().get(0).raw().path("x"))
        .hasToString(
            "[\"https://u:**@h/p\",\"say Bearer ******* now\",\"password: ***, next\","
                + "\"a "
                + "*".repeat(22)
                + "\"]");
  }

  @Test
  void aReasonOfEnvoyToo() {
    String dump =
        "{\"configs\": [{\"@type\": \"type.googleapis.com/envoy.admin.v3.ListenersConfigDump\","
            + "\"dynamic_listeners\": [{\"name\": \"a\", \"error_state\": {\"details\":"
            + " \"cannot log in, password: "
            + SECRET
            + "\"}}]}]}";

    EnvoyConfig config = EnvoyConfigInspector.create().read(ConfigSource.text(dump));

    assertThat(config.listeners().get(0).reason()).contains("password: ****");
    assertThat(config.raw().toString()).doesNotContain(SECRET);
  }

  @Test
  void whatIsReadOfAResourceAtOnceToo() {
    String secret = "https://u:" + SECRET + "@h";
    String dump =
        "{\"configs\": [{\"@type\": \"type.googleapis.com/envoy.admin.v3.ClustersConfigDump\","
            + "\"dynamic_active_clusters\": [{\"%1$s\": 1, \"version_info\": \"%1$s\","
            + " \"cluster\": {\"name\": \"%1$s\"}}]}], \"pilothouse\": {\"labels\": {\"a\": \"%1$s\"}}}";

    EnvoyConfig config =
        EnvoyConfigInspector.create().read(ConfigSource.text(dump.formatted(secret)));

    ClusterResource cluster = config.clusters().get(0);
    assertThat(List.of(cluster.name(), cluster.version(), config.labels(), config.unknown()))
        .allSatisfy(each -> assertThat(each.toString()).contains("https:").doesNotContain(SECRET));
  }

  @Test
  void aListingToo() {
    String listing = "[{\"connect_timeout\": \"1s\", \"name\": \"https://u:" + SECRET + "@h\"}]";

    EnvoyConfig config = EnvoyConfigInspector.create().read(ConfigSource.text(listing));

    assertThat(config.clusters().get(0).name()).startsWith("https://u:****");
    assertThatThrownBy(
            () ->
                EnvoyConfigInspector.create()
                    .read(ConfigSource.text("[{\"a password: " + SECRET + "\": 1, x}]")))
        .isInstanceOf(EnvoyConfigException.class)
        .satisfies(e -> assertThat(e.toString()).doesNotContain(SECRET));
  }

  @Test
  void aTextOfManyBeginningsTakesNoLongerThanItShould() {
    for (String start :
        List.of("eyJ", "://", "bearer ", "password:", "password:%", "://a:b@", "a@")) {
      String json = "{\"name\":\"" + start.repeat(300_000) + "\"}";
      assertThat(fromJson(json).resources()).hasSize(1);
    }
  }

  @Test
  void thePasswordOfAnAddressIsNotShown() {
    ConfigSource source = ConfigSource.admin(URI.create("http://bob:" + SECRET + "@127.0.0.1:1"));

    assertThat(source.describe()).startsWith("http://bob:****").doesNotContain(SECRET);
    assertThatThrownBy(() -> EnvoyConfigInspector.create().read(source))
        .isInstanceOf(EnvoyConfigException.class)
        .hasStackTraceContaining("127.0.0.1:1")
        .satisfies(e -> assertThat(e.toString() + e.getCause()).doesNotContain(SECRET));
    assertThatThrownBy(() -> ConfigSource.admin(URI.create("ftp://bob:" + SECRET + "@h")))
        .isInstanceOf(IllegalArgumentException.class)
        .satisfies(e -> assertThat(e.toString()).doesNotContain(SECRET));
  }

  @Test
  void aRedactedMatcherDecidesNothing() {
    assertThat(Redacted.is("[redacted]")).isTrue();
    assertThat(Redacted.is("Bearer *******")).isTrue();
    assertThat(Redacted.is("S2lvcQ==")).isFalse();
    assertThat(Redacted.is("*.example.com")).isFalse();
  }

  private String everything(EnvoyConfig config) throws IOException {
    Path file = folder.resolve("saved.json");
    config.save(file);
    StringBuilder all = new StringBuilder(Files.readString(file)).append(config.raw());
    for (Resource resource : config.resources()) {
      all.append(resource).append(resource.raw());
    }
    return all.toString();
  }

  private static EnvoyConfig fromJson(String json) {
    String dump =
        "{\"configs\": [{\"@type\": \"type.googleapis.com/envoy.admin.v3.RoutesConfigDump\","
            + "\"dynamic_route_configs\": [{\"route_config\": "
            + json
            + "}]}]}";
    return EnvoyConfigInspector.create().read(ConfigSource.text(dump));
  }

  private static EnvoyConfig fromProtobuf(String json) throws IOException {
    RouteConfiguration.Builder routes = RouteConfiguration.newBuilder();
    JsonFormat.parser().merge(json, routes);
    DiscoveredResource resource =
        new DiscoveredResource(
            ConfigSection.DYNAMIC_ROUTE_CONFIGS,
            State.ACTIVE,
            "r",
            "",
            Instant.EPOCH,
            "",
            ProtobufContent.of(Any.pack(routes.build())));
    ConfigDump dump = ConfigDump.ofResources(List.of(resource));
    return new ConfigReader(ConfigSource.text(""), null).read(dump);
  }
}
