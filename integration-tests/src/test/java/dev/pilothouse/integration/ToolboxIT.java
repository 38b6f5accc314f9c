package dev.pilothouse.integration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pilothouse.toolbox.GoModule;
import dev.pilothouse.toolbox.IstioFiles;
import dev.pilothouse.toolbox.IstioModule;
import dev.pilothouse.toolbox.Tool;
import dev.pilothouse.toolbox.ToolBinary;
import dev.pilothouse.toolbox.ToolBinary.Origin;
import dev.pilothouse.toolbox.Toolbox;
import dev.pilothouse.toolbox.ToolboxEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The real tools, as the toolbox provides them from its pins. */
class ToolboxIT {
  private static final Set<Tool> ALL = EnumSet.allOf(Tool.class);

  @Test
  void theProvidedToolsCallThemselvesByThePinnedVersions() {
    Map<Tool, ToolBinary> binaries = Toolbox.create().provision(ALL);

    assertThat(binaries).containsOnlyKeys(ALL);
    assertVersion(binaries, Tool.ETCD, GoModule.ETCD);
    assertVersion(binaries, Tool.KUBE_APISERVER, GoModule.KUBERNETES);
    assertVersion(binaries, Tool.KUBECTL, GoModule.KUBERNETES);
    assertVersion(binaries, Tool.DLV, GoModule.DLV);
    assertVersion(binaries, Tool.KIND, GoModule.KIND);
  }

  /** A tool that the machine has beside the cache may be of another version that fits. */
  private static void assertVersion(Map<Tool, ToolBinary> binaries, Tool tool, GoModule module) {
    assertThat(binaries.get(tool))
        .isNotNull()
        .satisfiesAnyOf(
            binary -> assertThat(binary.version()).isEqualTo(module.version().substring(1)),
            binary -> assertThat(binary.origin()).isLessThan(Origin.CACHE));
  }

  @Test
  void istiosToolsCarryTheVersionStampOfTheirTree() throws IOException {
    Toolbox toolbox = Toolbox.create();
    IstioModule istio = toolbox.provisionIstioModule();
    String stamp = Files.readString(istio.directory().resolve("VERSION")).strip() + "-dev";

    assertThat(istio.version()).isEqualTo(GoModule.ISTIO.version());
    assertThat(istio.goModDirectory()).isDirectoryContaining("glob:**/go.mod");
    for (Tool tool : List.of(Tool.PILOT_DISCOVERY, Tool.PILOT_AGENT, Tool.ISTIOCTL)) {
      assertThat(toolbox.provision(tool))
          .satisfiesAnyOf(
              binary -> assertThat(binary.version()).isEqualTo(stamp),
              binary -> assertThat(binary.origin()).isLessThan(Origin.CACHE));
    }
  }

  @Test
  void theFilesThatAMeshNeedsAreInTheCache() {
    IstioFiles files = Toolbox.create().provisionIstioFiles();

    assertThat(files.customResourceDefinitions())
        .content()
        .contains("kind: CustomResourceDefinition", "virtualservices.networking.istio.io");
    assertThat(files.bootstrapTemplate()).content().contains("dynamic_resources", "{{");
    assertThat(Toolbox.create().findIstioFiles()).contains(files);
  }

  @Test
  void whatIsThereNeedsNoDownloadAndNoBuild() {
    Toolbox.create().provision(ALL);
    List<ToolboxEvent> events = new ArrayList<>();
    Toolbox offline = Toolbox.builder().offline(true).listener(events::add).build();

    assertThat(offline.provision(ALL)).containsOnlyKeys(ALL);
    assertThat(offline.require(ALL)).isEqualTo(offline.provision(ALL));
    assertThat(offline.provisionIstioFiles().customResourceDefinitions()).isReadable();
    assertThat(events).isEmpty();
  }
}
