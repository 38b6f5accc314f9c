package dev.pilothouse.envoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is no configuration gives one error, which says what it is and where. */
class BadInputTest {
  private static final String ROUTES =
      "{\"configs\": [{\"@type\": \"type.googleapis.com/envoy.admin.v3.RoutesConfigDump\",\n"
          + " \"dynamic_route_configs\": [%s]}]}";

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "``; it is empty",
        "`  \n `; it is empty",
        "hello; it is no JSON: hello",
        "17; it is JSON, but no config dump: it is a number",
        "null; it is JSON, but no config dump: it is null",
        "` true `; it is JSON, but no config dump: it is a boolean",
        "\"x\"; it is JSON, but no config dump: it is a string",
        "17 x; it is no JSON: 17 x",
        "`\u0001\u0002\u0003 abc`; it is no JSON: it holds bytes that are no text",
        "[]; it is JSON, but no config dump",
        "[{\"name\": \"a\"}]; it is JSON, but no config dump",
        "{\"kind\": \"Pod\", \"spec\": {}}; it has no configs, but kind, spec",
        "{\"cluster_statuses\": []}; it is an answer to /clusters?format=json",
        "{\"node\": {}, \"static_resources\": {}}; it is what Envoy is started with",
        "{\"configs\": {}}; expected an array, found an object",
        "{\"configs\": \"x\"}; expected an array, found a string",
        "{\"configs\": [7]}; expected an object, found a number",
        "{\"configs\": [{}]}; a part of the dump has no @type",
        "{\"configs\": [{\"@type\": 1}]}; expected a string, found a number",
        "{\"configs\": []} {}; there is more after the end",
        "{\"configs\": []; Unexpected end-of-input",
        "{\"configs\": [{\"@type\": \"x\", }]}; double-quote",
        "{\"configs\": [{\"@type\": \"\\ud800\\q\"}]}; escape",
      })
  void saysWhatIsWrong(String text, String words) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(EnvoyConfigException.class)
        .hasMessageStartingWith("reading text: ")
        .hasMessageContaining(words)
        .hasMessageContaining("Where: text");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "7; /configs/0/dynamic_route_configs/0",
        "{\"route_config\": []}; /configs/0/dynamic_route_configs/0/route_config",
        "{\"route_config\": {\"name\": {}}}; /configs/0/dynamic_route_configs/0/route_config/name",
        "{\"version_info\": true}; /configs/0/dynamic_route_configs/0/version_info",
        "{\"last_updated\": \"noon\"}; /configs/0/dynamic_route_configs/0/last_updated",
        "{}, {\"error_state\": []}; /configs/0/dynamic_route_configs/1/error_state",
      })
  void saysWhereAWrongTypeIs(String entry, String pointer) {
    String text = ROUTES.formatted(entry);

    EnvoyConfigException fault = catchThrowableOfType(EnvoyConfigException.class, () -> read(text));

    Place place = fault.place().orElseThrow();
    assertThat(place.pointer()).isEqualTo(pointer);
    assertThat(place.line()).isEqualTo(2);
    assertThat(place.offset()).isBetween((long) text.indexOf("configs\": ["), (long) text.length());
    assertThat(fault).hasMessageContaining("expected ");
  }

  @Test
  void theOffsetIsThatOfTheFault() {
    String text = ROUTES.formatted("{\"name\": 5}").replace("\"name\"", "\"näme\": 1, \"name\"");

    EnvoyConfigException fault = catchThrowableOfType(EnvoyConfigException.class, () -> read(text));

    // Bytes, not characters: the ä before it is two.
    assertThat(fault.place().orElseThrow().offset()).isEqualTo(text.lastIndexOf('5') + 1);
  }

  @Test
  void aTruncatedDumpSaysWhereItEnds() {
    String text = Dumps.text("accepted.json").substring(0, 3_000);

    EnvoyConfigException fault = catchThrowableOfType(EnvoyConfigException.class, () -> read(text));

    assertThat(fault.place().orElseThrow().offset()).isEqualTo(3_000);
    assertThat(fault.place().orElseThrow().pointer()).startsWith("/configs/");
    assertThat(fault.getMessage()).doesNotContain("Source:");
  }

  @Test
  void whatEnvoyCannotPrintIsToldInItsWords() {
    assertThatThrownBy(() -> read(Dumps.text("unknown-type.txt")))
        .isInstanceOf(EnvoyConfigException.class)
        .hasMessageContaining("it is no JSON: Failed to convert protobuf message");
  }

  @Test
  void absurdNestingIsRefused() {
    String deep = "[".repeat(1_000_000);

    assertThatThrownBy(() -> read("{\"configs\": " + deep))
        .isInstanceOf(EnvoyConfigException.class);
    assertThatThrownBy(() -> read(ROUTES.formatted("{\"route_config\": {\"x\": " + deep)))
        .isInstanceOf(EnvoyConfigException.class)
        .hasMessageContaining("it is nested deeper than 500 levels")
        .hasMessageNotContaining("StreamReadConstraints")
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(500));
  }

  @Test
  void aMillionTinyEntriesAreRefused() {
    String many = "{\"name\": \"a\"},".repeat(1_000_001);

    assertThatThrownBy(() -> read(ROUTES.formatted(many + "{}")))
        .isInstanceOf(EnvoyConfigException.class)
        .hasMessageContaining("more than 1000000 resources");
  }

  @Test
  void aMillionOfAnythingIsRefusedOrReadAsAWhole() {
    int many = 1_000_001;
    String hosts = ROUTES.formatted("{\"route_config\": {\"virtual_hosts\": [%s{}]}}");

    // Too many parts to be kept one by one, but no more than may be read.
    assertThat(read(hosts.formatted("{},".repeat(100_000))).resources()).hasSize(1);
    for (String text :
        new String[] {
          "{\"configs\": [], \"cluster_statuses\": [" + "{},".repeat(many) + "{}]}",
          "{\"configs\": [" + "{\"@type\": \"a\"},".repeat(many) + "{\"@type\": \"a\"}]}",
          "[" + "{\"virtualHosts\": []},".repeat(many) + "{}]",
          ROUTES.formatted("{" + "\"x\": 1,".repeat(many) + "\"x\": 1}"),
        }) {
      assertThatThrownBy(() -> read(text))
          .isInstanceOf(EnvoyConfigException.class)
          .hasMessageContaining("more than 1000000 resources");
    }
  }

  @Test
  void aMillionKeysInOneStringTakeNoLongerThanTheyShould() {
    String key = "PRIVATE KEY-----a".repeat(1_000_000);
    String base64 = Base64.getEncoder().encodeToString(key.getBytes(StandardCharsets.US_ASCII));

    String webKeys = "\\\"k\\\":\\\"abcdefghijklmnop\\\",".repeat(1_000_000);
    for (String text : new String[] {key, base64}) {
      EnvoyConfig config = read("{\"configs\": [], \"x\": \"" + text + "\"}");
      assertThat(config.raw().path("x").textValue()).hasSameSizeAs(text);
    }
    assertThat(read("{\"configs\": [], \"x\": \"" + webKeys + "\"}").resources()).isEmpty();
  }

  @Test
  void wrongTypesInsideAResourceShowWhenItIsRead() {
    EnvoyConfig config =
        read(
            ROUTES.formatted(
                "{\"route_config\": {\"name\": \"80\", \"virtualHosts\": [{\"domains\": [1]}]}}"));

    assertThatThrownBy(() -> config.route("80").orElseThrow().virtualHosts())
        .isInstanceOf(EnvoyConfigException.class)
        .hasMessageContaining("expected an array of strings")
        .hasMessageContaining("route_config/virtualHosts/0/domains");
  }

  @Test
  void moreThanTheLimitIsRefused(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("dump.json"), Dumps.text("accepted.json"));
    EnvoyConfigInspector strict =
        EnvoyConfigInspector.create(ReadLimits.DEFAULT.withMaxBytes(1_000));

    for (ConfigSource source :
        new ConfigSource[] {ConfigSource.file(file), ConfigSource.text("x".repeat(1_001))}) {
      assertThatThrownBy(() -> strict.read(source))
          .isInstanceOf(EnvoyConfigException.class)
          .hasMessageContaining("limit of 1000 bytes")
          .hasMessageContaining("raise the limit");
    }
    assertThat(strict.read(ConfigSource.text("{}" + " ".repeat(998))).resources()).isEmpty();
  }

  @Test
  void limitsThatMakeNoSenseAreRefused() {
    for (Duration timeout :
        new Duration[] {
          Duration.ZERO, Duration.ofSeconds(-1), Duration.ofSeconds(Long.MAX_VALUE)
        }) {
      assertThatThrownBy(() -> ReadLimits.DEFAULT.withTimeout(timeout))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> ReadLimits.DEFAULT.withMaxBytes(0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aFileThatNeverEndsIsRefused() {
    EnvoyConfigInspector strict =
        EnvoyConfigInspector.create(ReadLimits.DEFAULT.withMaxBytes(1_000));

    assertThatThrownBy(() -> strict.read(ConfigSource.file(Path.of("/dev/zero"))))
        .isInstanceOf(EnvoyConfigException.class)
        .hasMessageContaining("limit of 1000 bytes");
  }

  @Test
  void aMissingFileIsNamed(@TempDir Path folder) {
    assertThatThrownBy(
            () -> EnvoyConfigInspector.create().read(ConfigSource.file(folder.resolve("no.json"))))
        .isInstanceOf(EnvoyConfigException.class)
        .hasMessageContaining("no.json: there is no such file");
    assertThatThrownBy(() -> EnvoyConfigInspector.create().read(ConfigSource.file(folder)))
        .isInstanceOf(EnvoyConfigException.class)
        .hasMessageContaining(folder + ": it is a directory")
        .hasMessageContaining("give the file in it");
  }

  @Test
  void anotherEncodingIsNamed() throws Exception {
    String dump = Dumps.text("accepted.json");
    for (String name : List.of("UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE")) {
      assertThatThrownBy(() -> read(dump.getBytes(Charset.forName(name))))
          .isInstanceOf(EnvoyConfigException.class)
          .hasMessageContaining("it looks like " + name)
          .hasMessageContaining("write it in UTF-8");
    }
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(dump.getBytes(StandardCharsets.UTF_8));
    }
    assertThatThrownBy(() -> read(packed.toByteArray()))
        .isInstanceOf(EnvoyConfigException.class)
        .hasMessageContaining("it looks like gzip")
        .hasMessageContaining("unpack it first");
  }

  @Test
  @SuppressWarnings("NullAway") // what a caller without NullAway may do
  void nullIsNamed() {
    assertThatThrownBy(() -> ConfigSource.text(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("json is null");
    assertThatThrownBy(() -> ConfigSource.file(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("path is null");
  }

  private static EnvoyConfig read(byte[] bytes) {
    return EnvoyConfigInspector.create()
        .read(ConfigSource.stream("bytes", new ByteArrayInputStream(bytes)));
  }

  private static EnvoyConfig read(String text) {
    return EnvoyConfigInspector.create().read(ConfigSource.text(text));
  }
}
