package dev.pilothouse.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pilothouse.image.BuiltImage;
import dev.pilothouse.image.DeliveredIstiod;
import dev.pilothouse.image.Delivery;
import dev.pilothouse.image.ImageBuilder;
import dev.pilothouse.image.ImageEvent;
import dev.pilothouse.image.ImageException;
import dev.pilothouse.image.ImageException.Reason;
import dev.pilothouse.image.ImageSpec;
import dev.pilothouse.image.ProxyFiles;
import dev.pilothouse.kind.Deliveries;
import dev.pilothouse.kind.DockerHost;
import dev.pilothouse.kind.ImageBuilders;
import dev.pilothouse.source.IstiodBinary;
import dev.pilothouse.toolbox.Tool;
import dev.pilothouse.toolbox.Toolbox;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images without Docker: into archives, and into a real registry. */
class JibImageBuilderIT {
  private static final ImageSpec SPEC = ImageSpec.pilot().withHub("localhost/jib-it");

  @TempDir Path folder;

  private static Toolbox toolbox;
  private static IstiodBinary istiod;

  private final List<ImageEvent> events = new CopyOnWriteArrayList<>();

  @BeforeAll
  static void findTools() {
    toolbox = Toolbox.create();
    toolbox.provision(Set.of(Tool.PILOT_DISCOVERY, Tool.DLV));
    istiod = MeshFixture.istiodBinary(toolbox);
  }

  /** A small program in istiod's place. */
  private static IstiodBinary small() {
    return new IstiodBinary(
        toolbox.require(Tool.DLV).path(), istiod.version(), IstiodBinary.Flavor.RELEASE);
  }

  @Test
  void archiveIsLoadedAndRunByDocker() {
    ImageBuilder builder = ImageBuilders.archives(folder.resolve("archives"), events::add);

    BuiltImage image = builder.build(istiod, SPEC);
    BuiltImage again = builder.build(istiod, SPEC);

    assertThat(again).isEqualTo(image);
    assertThat(events).last().isInstanceOf(ImageEvent.Unchanged.class);
    assertThat(builder.list()).containsExactly(image);
    DockerFixture.assumeDocker();
    DockerFixture.output("load", "-i", image.archive().orElseThrow().toString());
    try {
      assertThat(DockerFixture.output("run", "--rm", image.reference(), "version", "-o", "json"))
          .contains(istiod.version().revision());
      assertThat(DockerFixture.output("image", "inspect", "-f", "{{.Id}}", image.reference()))
          .isEqualTo(image.id());
      assertThat(
              DockerFixture.output("image", "inspect", "-f", "{{.Config.User}}", image.reference()))
          .isEqualTo("1337:1337");
    } finally {
      DockerFixture.output("rmi", image.reference());
    }
    assertThat(builder.prune(SPEC, 0)).containsExactly(image);
    assertThat(image.archive().orElseThrow()).doesNotExist();
  }

  @Test
  void baseMayBeAnArchive() {
    ImageBuilder builder = ImageBuilders.archives(folder.resolve("archives"), events::add);
    BuiltImage base = builder.build(small(), SPEC.withName("base").withLabel("from.base", "yes"));

    BuiltImage image =
        builder.build(
            small(), SPEC.withBase("tar://" + base.archive().orElseThrow()).withLabel("x", "y"));

    assertThat(image.id()).isNotEqualTo(base.id());
    assertThat(image.archive().orElseThrow()).exists();
  }

  @Test
  void whatAKilledJvmLeftIsTakenAwayByTheNextBuild() throws Exception {
    Path archives = folder.resolve("archives");
    Process jvm =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                ArchiveToKill.class.getName(),
                archives.toString(),
                small().path().toString())
            .redirectError(folder.resolve("jvm.log").toFile())
            .start();
    try (BufferedReader said = jvm.inputReader()) {
      assertThat(said.readLine()).isEqualTo("in the middle");
    } finally {
      jvm.destroyForcibly().waitFor();
    }
    assertThat(files(archives)).as("half-made").isNotEmpty();
    ImageBuilder builder = ImageBuilders.archives(archives, events::add);
    assertThat(builder.list()).isEmpty();

    BuiltImage image = builder.build(small(), SPEC);

    Path archive = image.archive().orElseThrow();
    assertThat(files(archives))
        .containsExactlyInAnyOrder(
            archive, archive.resolveSibling(archive.getFileName() + ".json"));
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).filter(file -> file.toFile().length() > 100).toList();
    }
  }

  @Test
  void sidecarImageNeedsNoDockerEither() throws IOException {
    Path template = Files.writeString(folder.resolve("template.json"), "{}");
    ProxyFiles files = new ProxyFiles(small().path(), small().path(), template);
    ImageBuilder builder = ImageBuilders.archives(folder.resolve("archives"), events::add);

    BuiltImage image = builder.buildProxy(files, ImageSpec.proxy(ImageSpec.SCRATCH));

    assertThat(image.reference()).startsWith("localhost/proxyv2:dev-");
    DockerFixture.assumeDocker();
    DockerFixture.output("load", "-i", image.archive().orElseThrow().toString());
    try {
      assertThat(
              DockerFixture.output(
                  "image", "inspect", "-f", "{{json .Config.Entrypoint}}", image.reference()))
          .isEqualTo("[\"/usr/local/bin/pilot-agent\"]");
      assertThat(DockerFixture.output("run", "--rm", image.reference(), "version"))
          .contains("Delve Debugger");
    } finally {
      DockerFixture.output("rmi", image.reference());
    }
  }

  @Test
  void dockerfileNeedsDocker() {
    ImageBuilder builder = ImageBuilders.archives(folder, events::add);

    assertThatThrownBy(
            () -> builder.build(small(), SPEC.withDockerfile(folder.resolve("x"), Map.of())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ImageBuilders.docker");
  }

  @Test
  void registryGetsTheImageWithAndWithoutDocker() throws IOException {
    try (RegistryFixture registry = RegistryFixture.start(toolbox)) {
      ImageSpec spec = SPEC.withHub(registry.hub()).withTag("one");
      ImageBuilder builder = ImageBuilders.registry(events::add);
      Delivery push = Deliveries.in(DockerHost.usual()).registryPush(builder, spec);

      DeliveredIstiod delivered = push.deliver(small(), new NoCluster(), "istio-system/istiod");

      assertThat(delivered.image()).startsWith(registry.hub() + "/pilot@sha256:");
      assertThat(delivered.pullPolicy()).isEqualTo("IfNotPresent");
      assertThat(registry.manifest("pilot", delivered.image().split("@", 2)[1]))
          .contains("sha256:");
      assertThat(registry.manifest("pilot", "one")).contains("sha256:");
      assertThat(builder.list()).hasSize(1);

      DockerFixture.assumeDocker();
      ImageSpec other = spec.withName("pushed").withTag("two");
      ImageBuilder docker = ImageBuilders.docker(DockerHost.usual(), events::add);
      try {
        DeliveredIstiod pushed =
            Deliveries.in(DockerHost.usual())
                .registryPush(docker, other)
                .deliver(small(), new NoCluster(), "istio-system/istiod");
        assertThat(pushed.image()).startsWith(registry.hub() + "/pushed@sha256:");
        assertThat(registry.manifest("pushed", pushed.image().split("@", 2)[1])).isNotEmpty();
      } finally {
        docker.prune(other, 0);
      }
    }
  }

  @Test
  void registryThatDoesNotAnswerIsNamed() {
    ImageSpec spec = SPEC.withHub("localhost:1/istio");

    assertThatThrownBy(() -> ImageBuilders.registry(events::add).build(small(), spec))
        .isInstanceOfSatisfying(
            ImageException.class, e -> assertThat(e.reason()).isEqualTo(Reason.REGISTRY_REFUSED))
        .hasMessageContaining("localhost:1")
        .hasMessageContaining("docker login");

    DockerFixture.assumeDocker();
    ImageBuilder docker = ImageBuilders.docker(DockerHost.usual(), events::add);
    Delivery push = Deliveries.in(DockerHost.usual()).registryPush(docker, spec);
    try {
      assertThatThrownBy(() -> push.deliver(small(), new NoCluster(), "istio-system/istiod"))
          .isInstanceOfSatisfying(
              ImageException.class, e -> assertThat(e.reason()).isEqualTo(Reason.REGISTRY_REFUSED))
          .hasMessageContaining("connection refused");
    } finally {
      docker.prune(spec, 0);
    }
  }
}
