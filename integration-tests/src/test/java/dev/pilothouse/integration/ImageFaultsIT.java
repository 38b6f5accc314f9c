package dev.pilothouse.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pilothouse.image.BuiltImage;
import dev.pilothouse.image.ImageBuilder;
import dev.pilothouse.image.ImageEvent;
import dev.pilothouse.image.ImageException;
import dev.pilothouse.image.ImageException.Reason;
import dev.pilothouse.image.ImageSpec;
import dev.pilothouse.kind.DockerHost;
import dev.pilothouse.kind.ImageBuilders;
import dev.pilothouse.source.IstiodBinary;
import dev.pilothouse.toolbox.Command;
import dev.pilothouse.toolbox.Tool;
import dev.pilothouse.toolbox.Toolbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong while images are made: on the real Docker and real disks. */
class ImageFaultsIT {
  private static final ImageSpec SPEC = ImageSpec.pilot().withHub("localhost/image-faults-it");

  @TempDir Path folder;

  private static IstiodBinary istiod;

  @BeforeAll
  static void findIstiod() {
    Toolbox toolbox = Toolbox.create();
    toolbox.provision(Tool.PILOT_DISCOVERY);
    istiod = MeshFixture.istiodBinary(toolbox);
  }

  @Test
  void dockerThatDoesNotRunIsNamed() {
    DockerHost nowhere = DockerHost.at("unix://" + folder.resolve("docker.sock"));
    ImageBuilder builder = ImageBuilders.docker(nowhere, event -> {});

    assertThatThrownBy(() -> builder.build(istiod, SPEC))
        .isInstanceOfSatisfying(
            ImageException.class, e -> assertThat(e.reason()).isEqualTo(Reason.DOCKER_UNREACHABLE))
        .hasMessageContaining("Docker does not answer at unix://" + folder)
        .hasMessageContaining("start Docker, or point DOCKER_HOST at it");
    assertThatThrownBy(builder::list).hasMessageContaining("Docker does not answer");
  }

  @Test
  void dockerThatDiesWhileItBuildsLeavesNoImage() throws IOException {
    try (OwnDockerd docker = OwnDockerd.start(folder.resolve("data"))) {
      ImageBuilder dying =
          ImageBuilders.docker(
              docker.host(),
              event -> {
                if (event instanceof ImageEvent.Output) {
                  docker.kill();
                }
              });

      assertThatThrownBy(() -> dying.build(istiod, SPEC))
          .isInstanceOfSatisfying(
              ImageException.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.DOCKER_UNREACHABLE))
          .hasMessageContaining("connection")
          .hasMessageContaining("What to do");

      docker.startAgain();
      ImageBuilder builder = ImageBuilders.docker(docker.host(), event -> {});
      assertThat(builder.list()).isEmpty();
      assertThat(builder.build(istiod, SPEC).reference()).startsWith(SPEC.hub());
    }
  }

  @Test
  void dockerWithoutSpaceSaysSo() throws IOException {
    try (SmallDisk disk = SmallDisk.mount(folder.resolve("disk"), "64m");
        OwnDockerd docker = OwnDockerd.start(disk.path().resolve("data"))) {
      ImageBuilder builder = ImageBuilders.docker(docker.host(), event -> {});

      assertThatThrownBy(() -> builder.build(istiod, SPEC))
          .isInstanceOfSatisfying(
              ImageException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NO_SPACE))
          .hasMessageContaining("no space left on device")
          .hasMessageContaining("docker system df");

      assertThat(docker.docker("images", "-aq")).isEmpty();
    }
  }

  @Test
  void archiveThatDoesNotFitLeavesNothing() throws IOException {
    try (SmallDisk disk = SmallDisk.mount(folder.resolve("disk"), "16m")) {
      Path archives = disk.path().resolve("archives");
      ImageBuilder builder = ImageBuilders.archives(archives, event -> {});

      assertThatThrownBy(() -> builder.build(istiod, SPEC))
          .isInstanceOfSatisfying(
              ImageException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NO_SPACE))
          .hasMessageContainingAll("No space left on device", "What to do");

      assertThat(builder.list()).isEmpty();
      try (Stream<Path> left = Files.walk(disk.path())) {
        assertThat(left.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()))
            .allMatch(size -> size < 100);
      }
    }
  }

  @Test
  void interruptEndsABuildAtOnce() throws Exception {
    DockerFixture.assumeDocker();
    CountDownLatch building = new CountDownLatch(1);
    ImageBuilder builder =
        ImageBuilders.docker(
            DockerHost.usual(),
            event -> {
              if (event instanceof ImageEvent.Started) {
                building.countDown();
              }
            });
    List<Throwable> thrown = new CopyOnWriteArrayList<>();
    Thread thread =
        new Thread(
            () -> {
              ImageException e =
                  catchThrowableOfType(
                      ImageException.class,
                      () -> builder.build(istiod, SPEC.withLabel("other", "one")));
              thrown.add(e);
              assertThat(Thread.currentThread().isInterrupted()).isTrue();
            });
    thread.start();
    building.await();

    thread.interrupt();
    thread.join();

    assertThat(thrown)
        .singleElement()
        .isInstanceOfSatisfying(
            ImageException.class, e -> assertThat(e.reason()).isEqualTo(Reason.INTERRUPTED));
    assertThat(builder.list())
        .extracting(BuiltImage::reference)
        .noneMatch(reference -> reference.startsWith(SPEC.hub()));
  }

  /** A disk of a given size, in memory. */
  private record SmallDisk(Path path) implements AutoCloseable {
    static SmallDisk mount(Path path, String size) throws IOException {
      Files.createDirectories(path);
      int code = run("mount", "-t", "tmpfs", "-o", "size=" + size, "pilothouse-test", path);
      Assumptions.assumeTrue(code == 0, "SKIPPED: a small disk needs the right to mount (root)");
      return new SmallDisk(path);
    }

    @Override
    public void close() {
      assertThat(run("umount", path)).isZero();
    }

    private static int run(Object... command) {
      return new Command(
              Stream.of(command).map(Object::toString).toList(),
              Map.of(),
              Path.of("/"),
              Duration.ofSeconds(20))
          .run()
          .exitCode();
    }
  }
}
