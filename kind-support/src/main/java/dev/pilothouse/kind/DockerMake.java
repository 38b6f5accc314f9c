package dev.pilothouse.kind;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.BuildImageResultCallback;
import com.github.dockerjava.api.exception.NotFoundException;
import dev.pilothouse.image.BuiltImage;
import dev.pilothouse.image.ImageEvent;
import dev.pilothouse.image.ImageException;
import dev.pilothouse.image.ImageException.Reason;
import dev.pilothouse.image.ImageLabels;
import dev.pilothouse.image.ImageSpec;
import dev.pilothouse.source.IstioSource;
import dev.pilothouse.toolbox.Command;
import dev.pilothouse.toolbox.ToolboxException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Runs {@code make docker.…} with the hub and the tag that are wanted. */
final class DockerMake implements MakeImageBuilder {
  private static final int SHOWN_LINES = 30;
  private static final Duration SHORT = Duration.ofSeconds(30);

  private final DockerHost host;
  private final Consumer<ImageEvent> progress;

  DockerMake(DockerHost host, Consumer<ImageEvent> progress) {
    this.host = host;
    this.progress = progress;
  }

  @Override
  public BuiltImage build(IstioSource source, ImageSpec spec, Map<String, String> variables) {
    return ContentImageBuilder.told(progress, () -> make(source, spec, variables));
  }

  private BuiltImage make(IstioSource source, ImageSpec spec, Map<String, String> variables) {
    if (spec.dockerfile().isPresent() || spec.debugger().isPresent()) {
      throw new IllegalArgumentException(
          "the tree's Makefile decides what is in the image: a Dockerfile or a debugger of one's own"
              + " needs ImageBuilders.docker");
    }
    ImageSpec tagged = spec.tag().isPresent() ? spec : spec.withTag(ImageSpec.timestampTag());
    ImageSpec labelled = tagged.withSource(source);
    Path tree = source.moduleDirectory();
    String tried = "make docker." + spec.name() + " in " + tree;
    Map<String, String> environment = environment(labelled, variables);
    requireMakefile(tried, tree);
    requireBuildx(tried, tree, environment);
    String reference = ImageNames.of(labelled, "");
    progress.accept(new ImageEvent.Started(reference, ""));
    long start = System.nanoTime();
    make(tried, tree, labelled, environment);
    return new DockerFailures(tried, host)
        .guard(
            () -> {
              try (DockerClient docker = host.client()) {
                label(tried, docker, reference, labels(source, labelled));
                BuiltImage image = DockerImageBuilder.image(docker, reference);
                Duration took = Duration.ofNanos(System.nanoTime() - start);
                progress.accept(new ImageEvent.Finished(image, took));
                return image;
              }
            });
  }

  private Map<String, String> environment(ImageSpec spec, Map<String, String> variables) {
    Map<String, String> environment = new HashMap<>();
    // Not in a container: that needs Istio's image with its build tools.
    environment.put("BUILD_WITH_CONTAINER", "0");
    environment.put("DOCKER_HOST", host.uri().toString());
    environment.putAll(variables);
    environment.put("HUB", spec.hub());
    environment.put("TAG", spec.tag().orElseThrow());
    return environment;
  }

  private static Map<String, String> labels(IstioSource source, ImageSpec spec) {
    Map<String, String> labels = new TreeMap<>(spec.labels());
    labels.put(ImageLabels.VERSION, source.version());
    labels.put(ImageLabels.FLAVOR, "make");
    return labels;
  }

  private static void requireMakefile(String tried, Path tree) {
    if (!Files.exists(tree.resolve("Makefile"))) {
      throw new ImageException(
          Reason.BUILD_FAILED,
          tried,
          "there is no Makefile; a vendored tree has none",
          "take a Git checkout of Istio (IstioSource.checkout), or build from a compiled binary"
              + " (ImageBuilders.docker)",
          tree,
          null);
    }
  }

  /** Istio's own builder of images, of 2021 and later, runs {@code docker buildx bake}. */
  private void requireBuildx(String tried, Path tree, Map<String, String> environment) {
    if (!Files.isDirectory(tree.resolve("tools/docker-builder"))) {
      return;
    }
    String said;
    try {
      Command.Result buildx =
          new Command(List.of("docker", "buildx", "version"), environment, tree, SHORT).run();
      if (buildx.exitCode() == 0) {
        return;
      }
      said = buildx.stderr().strip();
    } catch (ToolboxException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw interrupted(tried, e);
      }
      said = String.valueOf(e.getMessage());
    }
    throw new ImageException(
        Reason.TOOL_MISSING,
        tried,
        "it builds with docker buildx, which does not answer: "
            + said.lines().findFirst().orElse("no output"),
        "install Docker's buildx plugin (docker-buildx-plugin, or docker-buildx), or build from a"
            + " compiled binary, which needs none (ImageBuilders.docker)",
        null,
        null);
  }

  private void make(String tried, Path tree, ImageSpec spec, Map<String, String> environment) {
    String reference = ImageNames.of(spec, "");
    List<String> command =
        List.of(
            "make",
            "docker." + spec.name(),
            "HUB=" + spec.hub(),
            "TAG=" + spec.tag().orElseThrow());
    Deque<String> last = new ArrayDeque<>();
    int exitCode;
    try {
      exitCode =
          new Command(command, environment, tree, SHORT)
              .follow(
                  line -> {
                    last.addLast(line);
                    if (last.size() > SHOWN_LINES) {
                      last.removeFirst();
                    }
                    progress.accept(new ImageEvent.Output(reference, line));
                  });
    } catch (ToolboxException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw interrupted(tried, e);
      }
      throw new ImageException(
          Reason.TOOL_MISSING,
          tried,
          String.valueOf(e.getMessage()),
          "make has to be on the PATH",
          null,
          e);
    }
    if (exitCode != 0) {
      String output = String.join(System.lineSeparator() + "  ", last);
      boolean full = DockerFailures.isNoSpace(output);
      throw new ImageException(
          full ? Reason.NO_SPACE : Reason.BUILD_FAILED,
          tried,
          "exit code " + exitCode + System.lineSeparator() + "  " + output,
          full ? "make space: \"docker system df\" shows what Docker holds" : "",
          null,
          null);
    }
  }

  /** The same image with our labels, under the same name. */
  private static void label(
      String tried, DockerClient docker, String reference, Map<String, String> labels)
      throws IOException {
    String id;
    try {
      id = String.valueOf(docker.inspectImageCmd(reference).exec().getId());
    } catch (NotFoundException e) {
      throw new ImageException(
          Reason.NO_SUCH_IMAGE,
          tried,
          "make succeeded, but Docker has no image " + reference,
          "look what make prints: it may have built for another Docker (DOCKER_HOST), or a variant"
              + " whose tag ends in -debug or -distroless (DOCKER_BUILD_VARIANTS)",
          null,
          e);
    }
    ByteArrayOutputStream context = new ByteArrayOutputStream();
    TarWriter tar = new TarWriter(context);
    tar.file("Dockerfile", 0644, ("FROM " + id + "\n").getBytes(StandardCharsets.UTF_8));
    tar.end();
    Map<String, String> all = new TreeMap<>(labels);
    all.put(ImageLabels.CONTENT, id.substring(id.indexOf(':') + 1));
    docker
        .buildImageCmd(new ByteArrayInputStream(context.toByteArray()))
        .withTags(Set.of(reference))
        .withLabels(all)
        .exec(new BuildImageResultCallback())
        .awaitImageId();
  }

  private static ImageException interrupted(String tried, Exception e) {
    return new ImageException(
        Reason.INTERRUPTED, tried, "this thread was interrupted; make was ended", "", null, e);
  }
}
