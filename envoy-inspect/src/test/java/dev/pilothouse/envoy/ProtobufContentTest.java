package dev.pilothouse.envoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.ListValue;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.Value;
import dev.pilothouse.envoy.Resource.State;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Resources that came as protobuf. */
class ProtobufContentTest {
  private static final String KEY =
      "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n";

  @Test
  void everyResourceOfADumpIsTheSameWhenItComesAsProtobuf() {
    EnvoyConfig dump = Dumps.read("istio-sidecar.json");
    List<DiscoveredResource> resources =
        dump.resources().stream()
            .filter(resource -> resource.section() != ConfigSection.BOOTSTRAP)
            .filter(resource -> resource.unknown().isEmpty())
            .map(ProtobufContentTest::discovered)
            .toList();
    assertThat(resources).hasSizeGreaterThan(10);

    EnvoyConfig config = read(resources);

    for (Resource resource : config.resources()) {
      Resource same =
          dump.resources().stream()
              .filter(r -> r.name().equals(resource.name()) && r.section() == resource.section())
              .findFirst()
              .orElseThrow();
      assertThat(resource.raw()).as(resource.toString()).isEqualTo(same.raw());
      assertThat(resource.message()).isEqualTo(same.message());
      assertThat(config.raw().at(resource.pointer())).isEqualTo(resource.raw());
      assertThat(resource.state()).isEqualTo(same.state());
    }
  }

  @Test
  void savedItIsReadAgain(@TempDir Path folder) throws IOException {
    Cluster cluster = Cluster.newBuilder().setName("a").build();
    Cluster warming = Cluster.newBuilder().setName("b").build();
    EnvoyConfig config =
        read(
            List.of(
                resource(ConfigSection.DYNAMIC_ACTIVE_CLUSTERS, State.ACTIVE, "a", cluster),
                resource(ConfigSection.DYNAMIC_WARMING_CLUSTERS, State.WARMING, "b", warming),
                new DiscoveredResource(
                    ConfigSection.DYNAMIC_LISTENERS,
                    State.REJECTED,
                    "l",
                    "",
                    Instant.EPOCH,
                    "no such filter",
                    ProtobufContent.of(Any.pack(Listener.newBuilder().setName("l").build()))),
                new DiscoveredResource(
                    ConfigSection.DYNAMIC_WARMING_SECRETS,
                    State.WARMING,
                    "s",
                    "",
                    null,
                    "",
                    null)));
    Path file = folder.resolve("saved.json");

    config.save(file);

    EnvoyConfig opened = EnvoyConfigInspector.create().read(ConfigSource.file(file));
    assertThat(opened.resources()).hasSize(4);
    assertThat(opened.resources())
        .extracting(Resource::toString)
        .containsExactlyInAnyOrderElementsOf(
            config.resources().stream().map(Resource::toString).toList());
    assertThat(opened.raw()).isEqualTo(config.raw());
  }

  @Test
  void secretsAreRedacted(@TempDir Path folder) throws IOException {
    Secret secret =
        Secret.newBuilder()
            .setName("default")
            .setTlsCertificate(
                TlsCertificate.newBuilder()
                    .setCertificateChain(DataSource.newBuilder().setInlineString("public"))
                    .setPrivateKey(
                        DataSource.newBuilder().setInlineBytes(ByteString.copyFromUtf8(KEY))))
            .build();
    Any unknown =
        Any.newBuilder()
            .setTypeUrl("type.googleapis.com/example.Options")
            .setValue(ByteString.copyFromUtf8(KEY))
            .build();
    Cluster cluster =
        Cluster.newBuilder()
            .setName("a")
            .setAltStatName(KEY)
            .putTypedExtensionProtocolOptions("example", unknown)
            .build();
    EnvoyConfig config =
        read(
            List.of(
                resource(ConfigSection.DYNAMIC_ACTIVE_SECRETS, State.ACTIVE, "default", secret),
                resource(ConfigSection.DYNAMIC_ACTIVE_CLUSTERS, State.ACTIVE, "a", cluster)));
    Path file = folder.resolve("saved.json");
    config.save(file);

    String everything =
        config.raw()
            + config.resources().stream().map(r -> r.raw() + "" + r.message()).toList().toString()
            + Files.readString(file);

    assertThat(everything)
        .contains("public")
        .doesNotContain("c2VjcmV0")
        .doesNotContain("YzJWamNtVjA");
    assertThat(config.secret("default").orElseThrow().raw().at("/tls_certificate/private_key"))
        .hasToString("{\"inline_bytes\":\"W3JlZGFjdGVkXQ==\"}");
  }

  @Test
  void numbersAreWrittenAsEnvoyWritesThem() {
    Cluster cluster =
        Cluster.newBuilder()
            .setName("a")
            .setConnectTimeout(Duration.newBuilder().setSeconds(10))
            .setPerConnectionBufferLimitBytes(UInt32Value.of(-1))
            .setMetadata(
                Metadata.newBuilder()
                    .putFilterMetadata(
                        "m",
                        Struct.newBuilder()
                            .putFields("whole", Value.newBuilder().setNumberValue(7).build())
                            .putFields("part", Value.newBuilder().setNumberValue(0.5).build())
                            .putFields(
                                "list",
                                Value.newBuilder()
                                    .setListValue(
                                        ListValue.newBuilder()
                                            .addValues(Value.newBuilder().setNumberValue(1)))
                                    .build())
                            .build()))
            .build();

    JsonNode json =
        read(List.of(resource(ConfigSection.DYNAMIC_ACTIVE_CLUSTERS, State.ACTIVE, "a", cluster)))
            .cluster("a")
            .orElseThrow()
            .raw();

    assertThat(json.at("/connect_timeout")).hasToString("\"10s\"");
    assertThat(json.at("/per_connection_buffer_limit_bytes")).hasToString("4294967295");
    assertThat(json.at("/metadata/filter_metadata/m"))
        .hasToString("{\"whole\":7,\"part\":0.5,\"list\":[1]}");
  }

  @Test
  void unknownFieldsStayAndAreListed() {
    UnknownFieldSet newer =
        UnknownFieldSet.newBuilder()
            .addField(9999, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
            .build();
    Cluster cluster = Cluster.newBuilder().setName("a").setUnknownFields(newer).build();

    EnvoyConfig config =
        read(List.of(resource(ConfigSection.DYNAMIC_ACTIVE_CLUSTERS, State.ACTIVE, "a", cluster)));

    assertThat(config.unknown())
        .containsExactly(
            new Unknown(
                Unknown.Kind.FIELD,
                "envoy.config.cluster.v3.Cluster.9999",
                "/configs/0/dynamic_active_clusters/0/cluster"));
    assertThat(config.cluster("a").orElseThrow().message().getUnknownFields()).isEqualTo(newer);
  }

  @Test
  void anysInsideAnysDoNotExhaustTheStack() {
    Any any = Any.pack(Cluster.newBuilder().setName("innermost").build());
    for (int i = 0; i < 5_000; i++) {
      any = Any.pack(any);
    }
    ProtobufContent content =
        ProtobufContent.of(
            Any.pack(
                Cluster.newBuilder()
                    .setName("deep")
                    .putTypedExtensionProtocolOptions("deep", any)
                    .build()));

    assertThat(content.name()).isEqualTo("deep");
    assertThat(content.message()).isInstanceOf(Cluster.class);
    assertThat(content.references()).isSameAs(ResourceReferences.NONE);
  }

  @Test
  void theOrderOfAMapsEntriesMeansNothing() {
    ByteString one = entry("a").concat(entry("b"));
    ByteString other = entry("b").concat(entry("a"));
    ProtobufContent content = struct(one);

    assertThat(content).isNotEqualTo(struct(other));
    assertThat(content.meansSameAs(struct(other))).isTrue();
    assertThat(content.meansSameAs(struct(entry("a").concat(entry("c"))))).isFalse();
    assertThat(secret("one").meansSameAs(secret("two"))).as("only the secret differs").isFalse();
  }

  private static ProtobufContent secret(String key) {
    DataSource source = DataSource.newBuilder().setInlineString(key).build();
    return ProtobufContent.of(
        Any.pack(
            Secret.newBuilder()
                .setTlsCertificate(TlsCertificate.newBuilder().setPrivateKey(source))
                .build()));
  }

  private static ByteString entry(String key) {
    return Struct.newBuilder()
        .putFields(key, Value.newBuilder().setNumberValue(1).build())
        .build()
        .toByteString();
  }

  private static ProtobufContent struct(ByteString bytes) {
    return ProtobufContent.of(
        Any.newBuilder()
            .setTypeUrl("type.googleapis.com/google.protobuf.Struct")
            .setValue(bytes)
            .build());
  }

  @Test
  void whatIsNoMessageIsToldWhenItIsRead() {
    ProtobufContent broken =
        ProtobufContent.of(
            Any.newBuilder()
                .setTypeUrl("type.googleapis.com/envoy.config.cluster.v3.Cluster")
                .setValue(ByteString.copyFromUtf8("no protobuf at all"))
                .build());

    assertThatThrownBy(broken::message)
        .isInstanceOf(EnvoyConfigException.class)
        .hasMessageContaining("envoy.config.cluster.v3.Cluster of 18 bytes");
    assertThat(broken.toString()).doesNotContain("no protobuf");
  }

  private static DiscoveredResource discovered(Resource resource) {
    Message message = resource.message();
    return new DiscoveredResource(
        resource.section(),
        resource.state(),
        resource.name(),
        resource.version(),
        resource.lastUpdated(),
        resource.reason(),
        ProtobufContent.of(Any.pack(message)));
  }

  private static DiscoveredResource resource(
      ConfigSection section, State state, String name, Message message) {
    return new DiscoveredResource(
        section, state, name, "", Instant.EPOCH, "", ProtobufContent.of(Any.pack(message)));
  }

  private static EnvoyConfig read(List<DiscoveredResource> resources) {
    ConfigDump dump = ConfigDump.ofResources(resources);
    return EnvoyConfigInspector.create()
        .read(
            new ConfigSource() {
              @Override
              public String describe() {
                return "a test";
              }

              @Override
              public ConfigDump fetch(ReadLimits limits) {
                return dump;
              }

              @Override
              public Map<String, String> labels() {
                return Map.of();
              }
            });
  }
}
