package dev.pilothouse.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pilothouse.image.BuiltImage;
import dev.pilothouse.image.ImageBuilder;
import dev.pilothouse.image.ImageDebugger;
import dev.pilothouse.image.ImageEvent;
import dev.pilothouse.image.ImageException;
import dev.pilothouse.image.ImageException.Reason;
import dev.pilothouse.image.ImageSpec;
import dev.pilothouse.image.ProxyFiles;
import dev.pilothouse.internal.Poll;
import dev.pilothouse.kind.DockerHost;
import dev.pilothouse.kind.ImageBuilders;
import dev.pilothouse.source.IstioSource;
import dev.pilothouse.source.IstiodBinary;
import dev.pilothouse.toolbox.Command;
import dev.pilothouse.toolbox.Tool;
import dev.pilothouse.toolbox.Toolbox;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images by the real Docker. */
class DockerImageBuilderIT {
  private static final String HUB = "localhost/image-builder-it";
  private static final ImageSpec SPEC = ImageSpec.pilot().withHub(HUB);

  @TempDir Path folder;

  private static Toolbox toolbox;
  private static IstiodBinary istiod;

  private final List<ImageEvent> events = new CopyOnWriteArrayList<>();
  private final ImageBuilder builder = ImageBuilders.docker(DockerHost.usual(), events::add);

  @BeforeAll
  static void findDocker() {
    DockerFixture.assumeBase();
    toolbox = Toolbox.create();
    toolbox.provision(Set.of(Tool.PILOT_DISCOVERY, Tool.PILOT_AGENT, Tool.ENVOY, Tool.DLV));
    istiod = MeshFixture.istiodBinary(toolbox);
  }

  @AfterAll
  static void removeImages() {
    ImageBuilder builder = ImageBuilders.docker(DockerHost.usual(), event -> {});
    builder.prune(SPEC, 0);
    builder.prune(SPEC.withName("proxyv2"), 0);
  }

  @BeforeEach
  void start() {
    events.clear();
  }

  /** A small program in istiod's place, other for each number. */
  private IstiodBinary small(int number) throws IOException {
    Path file = folder.resolve("small-" + number);
    Files.copy(toolbox.require(Tool.DLV).path(), file);
    Files.writeString(file, "\n" + number, StandardOpenOption.APPEND);
    return new IstiodBinary(file, istiod.version(), IstiodBinary.Flavor.RELEASE);
  }

  @Test
  void imageIsAsTheGuideHasIt() {
    IstioSource source = IstioSource.pinned(toolbox);
    ImageSpec spec = SPEC.withTag(ImageSpec.timestampTag()).withSource(source);

    BuiltImage image = builder.build(istiod, spec);

    assertThat(image.reference()).matches(HUB + "/pilot:dev-\\d{10}");
    assertThat(image.revision()).contains(source.revision());
    assertThat(image.dirtyFiles()).isEmpty();
    assertThat(
            DockerFixture.output(
                "image",
                "inspect",
                "-f",
                "{{.Config.User}} {{json .Config.Entrypoint}} {{json .Config.Cmd}}",
                image.reference()))
        .isEqualTo("1337:1337 [\"/usr/local/bin/pilot-discovery\"] null");
    assertThat(DockerFixture.output("run", "--rm", image.reference(), "version", "-o", "json"))
        .contains(istiod.version().revision())
        .contains(istiod.version().tag());
    assertThat(events.get(0)).isInstanceOf(ImageEvent.Started.class);
    assertThat(events)
        .filteredOn(ImageEvent.Output.class::isInstance)
        .extracting(event -> ((ImageEvent.Output) event).line())
        .anyMatch(line -> line.contains("COPY"));
    assertThat(events.get(events.size() - 1))
        .isInstanceOfSatisfying(
            ImageEvent.Finished.class, done -> assertThat(done.image()).isEqualTo(image));
    assertThat(builder.list()).contains(image);
  }

  @Test
  void buildThatWouldChangeNothingIsSkipped() throws IOException {
    BuiltImage first = builder.build(small(1), SPEC);
    events.clear();

    BuiltImage again = builder.build(again(1), SPEC);
    BuiltImage underAnotherTag = builder.build(again(1), SPEC.withTag("other"));

    assertThat(again).isEqualTo(first);
    assertThat(underAnotherTag.id()).isEqualTo(first.id());
    assertThat(events).hasSize(2).allMatch(ImageEvent.Unchanged.class::isInstance);

    assertThat(builder.build(small(4), SPEC).id()).isNotEqualTo(first.id());
    assertThat(builder.build(again(1), SPEC.withLabel("mine", "a \"$b\" \\c")).labels())
        .containsEntry("mine", "a \"$b\" \\c");
  }

  private IstiodBinary again(int number) {
    return new IstiodBinary(
        folder.resolve("small-" + number), istiod.version(), IstiodBinary.Flavor.RELEASE);
  }

  @Test
  void debugImageStartsDelve() {
    Path dlv = toolbox.require(Tool.DLV).path();

    BuiltImage image = builder.build(istiod, SPEC.withDebugger(ImageDebugger.asInTheGuide(dlv)));

    assertThat(
            DockerFixture.output(
                "image", "inspect", "-f", "{{json .Config.Entrypoint}}", image.reference()))
        .startsWith(
            "[\"/usr/local/bin/dlv\",\"--continue\",\"--accept-multiclient\",\"--listen=:40000\"")
        .endsWith("\"exec\",\"/usr/local/bin/pilot-discovery\",\"--\"]");
    assertThat(
            DockerFixture.output(
                "run", "--rm", "--entrypoint", "/usr/local/bin/dlv", image.reference(), "version"))
        .contains("Delve Debugger");
  }

  @Test
  void usersDockerfileGetsTheBinary() throws IOException {
    Path istios =
        toolbox.provisionIstioModule().directory().resolve("pilot/docker/Dockerfile.pilot");
    Path dockerfile = folder.resolve("context/Dockerfile.pilot");
    Files.createDirectories(dockerfile.getParent());
    Files.writeString(dockerfile.resolveSibling("beside.txt"), "beside");
    Files.writeString(
        dockerfile,
        Files.readString(istios)
            .replace(
                "USER 1337:1337",
                "COPY ${TARGETARCH:-amd64}/dlv /usr/local/bin/dlv\nCOPY beside.txt /\nUSER 1337:1337\n"
                    + "EXPOSE 40000"));
    ImageSpec spec =
        SPEC.withDockerfile(
                dockerfile,
                Map.of("ISTIO_BASE_REGISTRY", "localhost/pilothouse", "BASE_VERSION", "testbed"))
            .withDebugger(ImageDebugger.onLoopback(toolbox.require(Tool.DLV).path()));

    BuiltImage image = builder.build(istiod, spec);

    assertThat(
            DockerFixture.output(
                "image", "inspect", "-f", "{{json .Config.ExposedPorts}}", image.reference()))
        .isEqualTo("{\"40000/tcp\":{}}");
    assertThat(
            DockerFixture.output(
                "run", "--rm", "--entrypoint", "/bin/cat", image.reference(), "/beside.txt"))
        .isEqualTo("beside");
    assertThat(DockerFixture.output("run", "--rm", image.reference(), "version", "-s"))
        .contains(istiod.version().version());
    events.clear();
    builder.build(istiod, spec);
    assertThat(events).hasOnlyElementsOfType(ImageEvent.Unchanged.class);
  }

  @Test
  void failedBuildShowsItsOutputAndLeavesNothing() throws IOException {
    Path dockerfile = folder.resolve("context/Dockerfile");
    Files.createDirectories(dockerfile.getParent());
    Files.writeString(
        dockerfile,
        "FROM " + DockerFixture.BASE + "\nCOPY pilot-discovery /p\nRUN echo so far; exit 3\n");
    List<String> before = DockerFixture.unnamedImages();

    IstiodBinary binary = small(5);
    assertThatThrownBy(() -> builder.build(binary, SPEC.withDockerfile(dockerfile, Map.of())))
        .isInstanceOfSatisfying(
            ImageException.class, e -> assertThat(e.reason()).isEqualTo(Reason.BUILD_FAILED))
        .hasMessageContaining("returned a non-zero code: 3")
        .hasMessageContaining("so far");

    assertThat(events)
        .last()
        .isInstanceOfSatisfying(
            ImageEvent.Failed.class,
            failed -> assertThat(failed.failure().reason()).isEqualTo(Reason.BUILD_FAILED));
    assertThat(DockerFixture.unnamedImages()).isEqualTo(before);
  }

  @Test
  void buildOfAKilledJvmEndsAndTheNextGoesOnFromItsSteps() throws Exception {
    Path dockerfile = folder.resolve("context/Dockerfile");
    Files.createDirectories(dockerfile.getParent());
    String copied = "FROM " + DockerFixture.BASE + "\nCOPY pilot-discovery /p\n";
    Files.writeString(dockerfile, copied + "RUN echo begun && sleep 600\n");
    IstiodBinary binary = small(11);
    List<String> unnamed = DockerFixture.unnamedImages();

    Process jvm =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                DockerBuildToKill.class.getName(),
                binary.path().toString(),
                HUB,
                dockerfile.toString())
            .redirectError(folder.resolve("jvm.log").toFile())
            .start();
    try (BufferedReader said = jvm.inputReader()) {
      assertThat(said.lines().anyMatch("begun"::equals)).as("%s/jvm.log", folder).isTrue();
    } finally {
      jvm.destroyForcibly().waitFor();
    }
    Poll.require(
        "Docker has ended the build",
        Duration.ofMinutes(1),
        () ->
            DockerFixture.output("ps", "-a", "--no-trunc", "--format", "{{.Command}}")
                    .contains("echo begun && sleep 600")
                ? Optional.empty()
                : Optional.of(true));

    Files.writeString(dockerfile, copied);
    builder.build(binary, SPEC.withDockerfile(dockerfile, Map.of()));

    assertThat(events)
        .filteredOn(ImageEvent.Output.class::isInstance)
        .extracting(event -> ((ImageEvent.Output) event).line())
        .anyMatch(line -> line.contains("Using cache"));
    assertThat(DockerFixture.unnamedImages()).isEqualTo(unnamed);
  }

  @Test
  void missingBaseIsNamed() throws IOException {
    IstiodBinary binary = small(6);
    assertThatThrownBy(() -> builder.build(binary, SPEC.withBase("localhost:1/no/base:x")))
        .isInstanceOfSatisfying(
            ImageException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NO_SUCH_IMAGE))
        .hasMessageContaining("localhost:1/no/base:x")
        .hasMessageContaining("docker pull");
  }

  @Test
  void programForAnotherArchitectureIsRefused() throws IOException {
    IstiodBinary binary = small(7);
    try (FileChannel file = FileChannel.open(binary.path(), StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap(new byte[] {20, 0}), 18); // The machine, in the ELF head: ppc64.
    }
    assertThatThrownBy(() -> builder.build(binary, SPEC.withBase(DockerFixture.BASE)))
        .isInstanceOfSatisfying(
            ImageException.class, e -> assertThat(e.reason()).isEqualTo(Reason.WRONG_ARCHITECTURE))
        .hasMessageContaining("the program for ppc64");
  }

  @Test
  void pruningKeepsTheNewestAndWhatIsUsed() throws IOException {
    ImageSpec spec = SPEC.withName("pruned");
    BuiltImage used = builder.build(small(8), spec);
    String container = DockerFixture.output("create", used.reference());
    try {
      BuiltImage old = builder.build(small(9), spec);
      BuiltImage newest = builder.build(small(10), spec);

      assertThat(builder.prune(spec, 1)).containsExactly(old);

      assertThat(builder.list())
          .filteredOn(image -> image.reference().startsWith(HUB + "/pruned:"))
          .containsExactly(newest, used);
    } finally {
      DockerFixture.output("rm", container);
      builder.prune(spec, 0);
    }
  }

  @Test
  void sidecarImageHasAgentEnvoyAndTemplate() {
    ProxyFiles files =
        new ProxyFiles(
            toolbox.require(Tool.PILOT_AGENT).path(),
            toolbox.require(Tool.ENVOY).path(),
            toolbox
                .provisionIstioModule()
                .directory()
                .resolve("tools/packaging/common/envoy_bootstrap.json"));

    BuiltImage image = builder.buildProxy(files, ImageSpec.proxy(DockerFixture.BASE).withHub(HUB));

    assertThat(DockerFixture.output("run", "--rm", image.reference(), "version", "-s"))
        .contains(istiod.version().version());
    Command.Result envoy =
        DockerFixture.run(
            "run", "--rm", "--entrypoint", "/usr/local/bin/envoy", image.reference(), "--version");
    assertThat(envoy.stdout()).contains("envoy");
    assertThat(
            DockerFixture.output(
                "run",
                "--rm",
                "--entrypoint",
                "/bin/ls",
                image.reference(),
                "/var/lib/istio/envoy/envoy_bootstrap_tmpl.json"))
        .isNotEmpty();
  }
}
