package dev.pilothouse.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pilothouse.image.BuiltImage;
import dev.pilothouse.image.ImageEvent;
import dev.pilothouse.image.ImageException;
import dev.pilothouse.image.ImageException.Reason;
import dev.pilothouse.image.ImageSpec;
import dev.pilothouse.kind.DockerHost;
import dev.pilothouse.kind.ImageBuilders;
import dev.pilothouse.kind.MakeImageBuilder;
import dev.pilothouse.source.IstioSource;
import dev.pilothouse.toolbox.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code make docker.pilot}, in a tree of the test's own with a Makefile that builds an image. */
class MakeImageBuilderIT {
  private static final ImageSpec SPEC =
      ImageSpec.pilot().withHub("localhost/make-it").withTag("dev-1");
  private static final String MAKEFILE =
      """
      docker.pilot:
      \t@echo building $(HUB)/pilot:$(TAG) from $(ISTIO_BASE_REGISTRY), in a container: $(BUILD_WITH_CONTAINER)
      \t@docker build -q -t $(HUB)/pilot:$(TAG) --build-arg FROM=$(ISTIO_BASE_REGISTRY)/base:testbed .

      docker.fails:
      \t@echo no space on this earth >&2; exit 4

      docker.nothing:
      """;

  @TempDir Path folder;

  private final List<ImageEvent> events = new CopyOnWriteArrayList<>();
  private MakeImageBuilder builder;
  private Path root;

  @BeforeEach
  void makeTree() throws IOException {
    DockerFixture.assumeBase();
    builder = ImageBuilders.make(DockerHost.usual(), events::add);
    root = folder.toRealPath().resolve("istio");
    write("pilot/cmd/pilot-discovery/main.go", "package main");
    write("VERSION", "1.99");
    write("Dockerfile", "ARG FROM\nFROM $FROM\nCOPY VERSION /version\n");
    write("Makefile", MAKEFILE);
    git("init", "-q");
    git("add", "-A");
    git("-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-q", "-m", "first");
  }

  @AfterEach
  void removeImages() {
    ImageBuilders.docker(DockerHost.usual(), event -> {}).prune(SPEC, 0);
  }

  private void write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private void git(String... arguments) {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(arguments));
    new Command(command, Map.of(), root, Duration.ofMinutes(1)).output();
  }

  private BuiltImage build(ImageSpec spec) {
    Map<String, String> variables = Map.of("ISTIO_BASE_REGISTRY", "localhost/pilothouse");
    return builder.build(IstioSource.checkout(root), spec, variables);
  }

  @Test
  void runsTheTreesOwnTargetAndLabelsItsImage() throws IOException {
    write("pilot/new.go", "package pilot");

    BuiltImage image = build(SPEC);

    assertThat(image.reference()).isEqualTo("localhost/make-it/pilot:dev-1");
    assertThat(image.dirtyFiles()).containsExactly("pilot/new.go");
    assertThat(image.revision()).hasValue(IstioSource.checkout(root).revision());
    assertThat(events)
        .contains(
            new ImageEvent.Output(
                image.reference(),
                "building localhost/make-it/pilot:dev-1 from localhost/pilothouse,"
                    + " in a container: 0"))
        .last()
        .isInstanceOf(ImageEvent.Finished.class);
    assertThat(
            DockerFixture.output("run", "--rm", "--net=none", image.reference(), "cat", "/version"))
        .isEqualTo("1.99");
    assertThat(ImageBuilders.docker(DockerHost.usual(), event -> {}).list())
        .extracting(BuiltImage::reference)
        .contains(image.reference());
  }

  @Test
  void failureShowsWhatMakePrinted() {
    assertThatThrownBy(() -> build(SPEC.withName("fails")))
        .isInstanceOfSatisfying(
            ImageException.class, e -> assertThat(e.reason()).isEqualTo(Reason.BUILD_FAILED))
        .hasMessageContainingAll(
            "make docker.fails in " + root, "exit code 2", "no space on this earth");
    assertThatThrownBy(() -> build(SPEC.withName("nothing")))
        .isInstanceOfSatisfying(
            ImageException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NO_SUCH_IMAGE))
        .hasMessageContaining("make succeeded, but Docker has no image localhost/make-it/nothing");
    assertThatThrownBy(() -> build(SPEC.withName("unknown")))
        .hasMessageContaining("No rule to make target");
  }

  @Test
  void missingBuildxIsNamedBeforeAnythingIsBuilt() throws IOException {
    write("tools/docker-builder/main.go", "package main");
    Map<String, String> without =
        Map.of("DOCKER_CONFIG", folder.toString(), "HOME", "/nonexistent");
    boolean systemWide =
        new Command(List.of("docker", "buildx", "version"), without, folder, Duration.ofMinutes(1))
                .run()
                .exitCode()
            == 0;
    Assumptions.assumeFalse(systemWide, "SKIPPED: this machine's Docker has buildx");

    assertThatThrownBy(() -> builder.build(IstioSource.checkout(root), SPEC, without))
        .isInstanceOfSatisfying(
            ImageException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TOOL_MISSING))
        .hasMessageContainingAll("docker buildx", "docker-buildx-plugin", "ImageBuilders.docker");
    assertThat(events).hasOnlyElementsOfType(ImageEvent.Failed.class);
  }

  @Test
  void treeWithoutAMakefileIsRefused() throws IOException {
    Files.delete(root.resolve("Makefile"));

    assertThatThrownBy(() -> build(SPEC))
        .hasMessageContainingAll("there is no Makefile", "IstioSource.checkout");
  }
}
