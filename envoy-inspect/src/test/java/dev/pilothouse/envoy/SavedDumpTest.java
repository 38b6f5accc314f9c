package dev.pilothouse.envoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SavedDumpTest {
  @TempDir Path folder;

  static Stream<String> dumps() {
    return Dumps.ALL.stream();
  }

  @ParameterizedTest
  @MethodSource("dumps")
  void whatIsSavedIsReadAgain(String dump) {
    EnvoyConfig config = Dumps.read(dump);

    EnvoyConfig again = saved(config);

    assertSame(config, again);
    assertThat(again.raw()).isEqualTo(config.raw());
    assertSame(again, saved(again));
  }

  @Test
  void severalDocumentsBecomeOne() throws IOException {
    List<Document> documents = new ArrayList<>();
    documents.add(document("routes.json", ConfigSection.DYNAMIC_ROUTE_CONFIGS));
    documents.add(document("warming-clusters.json", ConfigSection.DYNAMIC_WARMING_CLUSTERS));
    documents.add(document("accepted.json", null));
    ConfigDump dump =
        new ConfigDump(documents, List.of(new Omission("dynamic_listeners", "said \"no\"")));
    ConfigSource source = ConfigSource.text("").withLabels(Map.of("profile", "X"));
    EnvoyConfig config = new ConfigReader(source, null).read(dump);

    EnvoyConfig again = saved(config);

    assertSame(config, again);
    assertThat(again.labels()).containsExactly(Map.entry("profile", "X"));
    assertThat(again.omissions()).containsExactlyElementsOf(config.omissions()).hasSize(1);
    assertThat(again.source()).endsWith("saved.json");
  }

  @Test
  void fieldsThatNobodyKnowsAreSavedToo() {
    EnvoyConfig config =
        EnvoyConfigInspector.create()
            .read(
                ConfigSource.text("{\"configs\": [], \"mood\": [1, {\"a\": null}], \"x\": 1.50}"));

    assertThat(saved(config).raw()).isEqualTo(config.raw());
    assertThat(saved(config).unknown()).hasSize(2);
  }

  @Test
  void labelsGivenWhenItIsReadCount() {
    EnvoyConfig config =
        EnvoyConfigInspector.create()
            .read(ConfigSource.text("{}").withLabels(Map.of("a", "1", "b", "2")));
    saved(config);

    ConfigSource source =
        ConfigSource.file(folder.resolve("saved.json")).withLabels(Map.of("b", "3"));

    assertThat(EnvoyConfigInspector.create().read(source).labels())
        .isEqualTo(Map.of("a", "1", "b", "3"));
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void onlyTheOwnerCanReadIt() throws IOException {
    Path file = Files.writeString(folder.resolve("saved.json"), "old");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));

    saved(Dumps.read("routes.json"));

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(folder).isDirectoryContaining("glob:**saved.json");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).hasSize(1);
    }
  }

  @Test
  void aFolderThatIsNotThereIsAnError() {
    EnvoyConfig config = Dumps.read("routes.json");

    assertThatThrownBy(() -> config.save(folder.resolve("no/saved.json")))
        .isInstanceOf(EnvoyConfigException.class)
        .hasMessageContaining("no/saved.json")
        .hasMessageContaining("check the folder");
  }

  private EnvoyConfig saved(EnvoyConfig config) {
    Path file = folder.resolve("saved.json");
    config.save(file);
    return EnvoyConfigInspector.create().read(ConfigSource.file(file));
  }

  private static void assertSame(EnvoyConfig config, EnvoyConfig again) {
    assertThat(again.resources()).hasSameSizeAs(config.resources());
    for (int i = 0; i < config.resources().size(); i++) {
      Resource before = config.resources().get(i);
      Resource after = again.resources().get(i);
      assertThat(after).hasToString(before.toString());
      assertThat(after.section()).isEqualTo(before.section());
      assertThat(after.lastUpdated()).isEqualTo(before.lastUpdated());
      assertThat(after.raw()).isEqualTo(before.raw());
    }
    assertThat(again.unknown()).hasSameSizeAs(config.unknown());
  }

  private static Document document(String dump, @Nullable ConfigSection section) {
    return Document.of(dump, Dumps.text(dump).getBytes(StandardCharsets.UTF_8), section);
  }
}
