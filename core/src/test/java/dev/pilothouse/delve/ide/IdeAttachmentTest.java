package dev.pilothouse.delve.ide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.pilothouse.delve.paths.PathMapping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdeAttachmentTest {
  private static final JsonMapper JSONC =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS, JsonReadFeature.ALLOW_TRAILING_COMMA)
          .build();

  private final IdeAttachment ide =
      new IdeAttachment(
          "127.0.0.1", 40000, PathMapping.of(Path.of("/home/me/istio"), "istio.io/istio"));

  @TempDir Path project;

  @Test
  void goLandGetsARunConfiguration() throws Exception {
    Path file = ide.writeGoLand(project, "istiod <&\"> a/b");
    assertThat(file.getParent()).isEqualTo(project.resolve(".run"));
    var configuration =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(file.toFile())
            .getElementsByTagName("configuration")
            .item(0)
            .getAttributes();
    assertThat(configuration.getNamedItem("type").getNodeValue())
        .isEqualTo("GoRemoteDebugConfigurationType");
    assertThat(configuration.getNamedItem("port").getNodeValue()).isEqualTo("40000");
    assertThat(configuration.getNamedItem("name").getNodeValue()).isEqualTo("istiod <&\"> a/b");
  }

  @Test
  void delveGetsACommandAndTheSources() {
    assertThat(ide.command()).containsExactly("dlv", "connect", "127.0.0.1:40000");
    assertThat(ide.delveInit()).isEqualTo("config substitute-path istio.io/istio /home/me/istio\n");
  }

  @Test
  void vsCodeGetsAFileOfItsOwn() throws IOException {
    Path file = ide.writeVsCode(project, "istiod");
    JsonNode entry = JSONC.readTree(file.toFile()).at("/configurations/0");
    assertThat(entry.path("port").asInt()).isEqualTo(40000);
    assertThat(entry.path("debugAdapter").asText()).isEqualTo("dlv-dap");
    assertThat(entry.at("/substitutePath/0/to").asText()).isEqualTo("istio.io/istio");
    String once = Files.readString(file);
    ide.writeVsCode(project, "istiod");
    assertThat(Files.readString(file)).isEqualTo(once);
  }

  @Test
  void whatIsInTheFileStays() throws IOException {
    String before =
        """
        {
          // mine, "configurations": []
          "version": "0.2.0", /* old */
          "configurations": [
            {
              "name": "Launch", // with a comment: }]
              "program": "${file}",
            }, // the last one
          ],
          "compounds": [],
        }
        """;
    Path file = write(before);
    ide.writeVsCode(project, "istiod");
    String added = Files.readString(file);
    assertThat(JSONC.readTree(added).at("/configurations/1/name").asText()).isEqualTo("istiod");
    for (String line : before.lines().toList()) {
      assertThat(added).contains(line);
    }
    new IdeAttachment("127.0.0.1", 50000, PathMapping.none()).writeVsCode(project, "istiod");
    JsonNode replaced = JSONC.readTree(Files.readString(file));
    assertThat(replaced.path("configurations")).hasSize(2);
    assertThat(replaced.at("/configurations/1/port").asInt()).isEqualTo(50000);
    assertThat(Files.readString(file)).contains("// the last one", "/* old */");
  }

  @Test
  void oddFilesAreFilledOrRefused() throws IOException {
    for (String before :
        new String[] {"{}", "{\"version\": \"0.2.0\"}", "{\"configurations\": []}"}) {
      Path file = write(before);
      ide.writeVsCode(project, "istiod");
      assertThat(JSONC.readTree(file.toFile()).at("/configurations/0/name").asText())
          .as(before)
          .isEqualTo("istiod");
    }
    for (String wrong :
        new String[] {"{\"configurations\": [", "[]", "{\"configurations\": {}}", "{a}"}) {
      Path file = write(wrong);
      assertThatThrownBy(() -> ide.writeVsCode(project, "istiod"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(file.toString());
      assertThat(file).hasContent(wrong);
    }
  }

  private Path write(String content) throws IOException {
    Path file = project.resolve(".vscode/launch.json");
    Files.createDirectories(project.resolve(".vscode"));
    return Files.writeString(file, content);
  }
}
