package dev.pilothouse.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import dev.pilothouse.cluster.Manifests.Document;
import dev.pilothouse.failure.PilothouseException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestsTest {
  private static final String CONFIG_MAP =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata:
        name: %s
      """;

  @TempDir Path folder;

  @Test
  void documentsKnowWhereTheyBegin() {
    Manifests manifests =
        Manifests.yaml("# first\n" + map("a") + "---\n# only a comment\n---\n" + map("b"));

    assertThat(manifests.documents())
        .extracting(Document::place, Document::line)
        .containsExactly(
            tuple("the YAML text, document 1", 1), tuple("the YAML text, document 2", 8));
  }

  @Test
  void nothingButCommentsAndMarkersIsNothing() {
    assertThat(Manifests.yaml("").documents()).isEmpty();
    assertThat(Manifests.yaml("%YAML 1.2\n---\n# c\n---\n\n...\n--- # d\n").documents()).isEmpty();
  }

  @Test
  void aSeparatorMayBearContentAndTextMayBearDashes() {
    List<Resource> resources =
        read(
            """
            --- {apiVersion: v1, kind: Secret, metadata: {name: flow}}
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: block}
            data:
              text: |
                first
                ---
                ----
            """);

    assertThat(resources).extracting(Resource::name).containsExactly("flow", "block");
    assertThat(resources.get(1).object().path("data").path("text").asText())
        .isEqualTo("first\n---\n----\n");
  }

  @Test
  void listsAreTakenApart() {
    List<Resource> resources =
        read(
            """
            apiVersion: v1
            kind: List
            items:
            - {apiVersion: v1, kind: ConfigMap, metadata: {name: one}}
            - {apiVersion: v1, kind: Secret, metadata: {name: two, namespace: there}}
            ---
            apiVersion: networking.istio.io/v1
            kind: VirtualServiceList
            items:
            - metadata: {name: three}
            """);

    assertThat(resources)
        .extracting(r -> r.apiVersion() + " " + r.title(true) + " | " + r.place())
        .containsExactly(
            "v1 ConfigMap default/one | the YAML text, document 1, item 1",
            "v1 Secret there/two | the YAML text, document 1, item 2",
            "networking.istio.io/v1 VirtualService default/three"
                + " | the YAML text, document 2, item 1");
  }

  @Test
  void jsonIsReadAsJson() throws IOException {
    // Tabs are no indentation in YAML.
    Path file =
        write(
            "a.json",
            """
            {
            \t"apiVersion": "v1", "kind": "ConfigMap",
            \t"metadata": {"name": "a"}
            }
            """);

    assertThat(ManifestReader.read(Manifests.files(file)))
        .singleElement()
        .satisfies(r -> assertThat(r.body()).doesNotContain("\t"))
        .extracting(Resource::name)
        .isEqualTo("a");
  }

  @Test
  void whatIsSentIsWhatWasWritten() {
    String text = map("a") + "data: {on: yes, mode: 0644} # as it is\n";

    assertThat(read(text)).singleElement().extracting(Resource::body).isEqualTo(text);
  }

  @Test
  void aFolderIsReadByNameWithItsSubfolders() throws IOException {
    write("b.yaml", map("b"));
    write("a.yml", map("a") + "---\n" + map("a2"));
    write(
        "sub/c.json", "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"c\"}}");
    write("notes.txt", "not: a manifest");

    assertThat(ManifestReader.read(Manifests.folder(folder)))
        .extracting(Resource::name)
        .containsExactly("a", "a2", "b", "c");
  }

  @Test
  void whatIsNotThereIsNamed() {
    Path missing = folder.resolve("missing");

    assertThatThrownBy(() -> Manifests.files(missing))
        .isInstanceOf(PilothouseException.class)
        .hasMessageContaining(missing.toString())
        .hasMessageContaining("no such file");
    assertThatThrownBy(() -> Manifests.folder(missing)).hasMessageContaining("no such folder");
    assertThatThrownBy(() -> Manifests.folder(folder)).hasMessageContaining("holds no .yaml");
    assertThatThrownBy(() -> Manifests.classpath(ManifestsTest.class, "missing.yaml"))
        .hasMessageContaining("class-path resource missing.yaml")
        .hasMessageContaining(ManifestsTest.class.getName());
  }

  @Test
  void aClassPathResourceIsRead() {
    assertThat(ManifestReader.read(Manifests.classpath(ManifestsTest.class, "config-map.yaml")))
        .singleElement()
        .satisfies(
            r -> {
              assertThat(r.name()).isEqualTo("from-the-class-path");
              assertThat(r.place()).isEqualTo("class-path resource config-map.yaml, document 1");
            });
  }

  @Test
  void badYamlIsNamedByPlaceLineAndColumn() throws IOException {
    Path file = write("bad.yaml", map("good") + "---\nkind: A\nspec: b: c\n");

    assertThatThrownBy(() -> ManifestReader.read(Manifests.files(file)))
        .isInstanceOf(PilothouseException.class)
        .hasMessageStartingWith(
            "reading " + file + ", document 2 at line 7, column 8: mapping values are not allowed");
  }

  @Test
  void aFieldThatIsGivenTwiceIsRefused() {
    assertThatThrownBy(() -> read(map("a") + "kind: Secret\n"))
        .hasMessageContaining("at line 5")
        .hasMessageContaining("Duplicate field 'kind'");
  }

  @Test
  void whatIsNoKubernetesObjectIsNamed() {
    assertThatThrownBy(() -> read("just text")).hasMessageContaining("no Kubernetes object");
    assertThatThrownBy(() -> read("kind: ConfigMap\nmetadata: {name: a}"))
        .hasMessage("reading the YAML text, document 1: apiVersion is missing");
    assertThatThrownBy(() -> read("apiVersion: v1\nmetadata: {name: a}"))
        .hasMessageContaining("kind is missing");
    assertThatThrownBy(() -> read("apiVersion: v1\nkind: Pod\nmetadata: {generateName: a-}"))
        .hasMessageContaining("metadata.name of Pod is missing");
  }

  private static List<Resource> read(String yaml) {
    return ManifestReader.read(Manifests.yaml(yaml));
  }

  private static String map(String name) {
    return CONFIG_MAP.formatted(name);
  }

  private Path write(String name, String content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.resolveSibling(""));
    return Files.writeString(file, content);
  }
}
