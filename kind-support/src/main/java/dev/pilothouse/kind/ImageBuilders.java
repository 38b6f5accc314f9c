package dev.pilothouse.kind;

import dev.pilothouse.image.ImageBuilder;
import dev.pilothouse.image.ImageEvent;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * The builders of images.
 *
 * <pre>{@code
 * ImageBuilder builder = ImageBuilders.docker(DockerHost.usual(), event -> {});
 * BuiltImage image = builder.build(binary, ImageSpec.pilot().withSource(source));
 * }</pre>
 */
public final class ImageBuilders {
  private ImageBuilders() {}

  /**
   * Builds with Docker, into Docker's store. It is the classic builder: BuildKit's own instructions
   * ({@code RUN --mount}) do not work in a Dockerfile.
   *
   * @param docker which Docker
   * @param progress is told how the work goes on; see {@link ImageEvent} for the rules
   * @return a builder
   */
  public static ImageBuilder docker(DockerHost docker, Consumer<ImageEvent> progress) {
    return new DockerImageBuilder(docker, progress);
  }

  /**
   * Builds without Docker, into archives as {@code docker save} writes them: one file for each
   * image, which {@code docker load}, {@code kind load image-archive} and {@code ctr images import}
   * take. The base image comes from a registry, from an archive ({@code tar:///path}) or is
   * scratch. There are no Dockerfiles here.
   *
   * @param directory where the archives go; made if missing
   * @param progress is told how the work goes on
   * @return a builder
   */
  public static ImageBuilder archives(Path directory, Consumer<ImageEvent> progress) {
    return new JibImageBuilder(new ArchiveTarget(directory), progress);
  }

  /**
   * Builds without Docker, into a registry: {@link dev.pilothouse.image.ImageSpec#hub} says which.
   * Layers that the registry has are not sent again, and an image that it has under that name with
   * the same content is not made again. Credentials are those of Docker's own configuration. A
   * registry on loopback may speak plain HTTP.
   *
   * <p>A registry cannot be searched: {@link ImageBuilder#list} and {@link ImageBuilder#prune} know
   * what this builder pushed or found there. Nobody knows which of them a cluster uses, and a
   * registry that lets nobody delete images keeps them: {@code prune} leaves these out of its
   * answer.
   *
   * @param progress is told how the work goes on
   * @return a builder
   */
  public static ImageBuilder registry(Consumer<ImageEvent> progress) {
    return new JibImageBuilder(new RegistryTarget(), progress);
  }

  /**
   * Builds by {@code make docker.pilot} in a source tree: Istio's own way, for trees that have it.
   *
   * @param docker which Docker; make is told by {@code DOCKER_HOST}
   * @param progress is told how the work goes on: make's output, line by line
   * @return a builder
   */
  public static MakeImageBuilder make(DockerHost docker, Consumer<ImageEvent> progress) {
    return new DockerMake(docker, progress);
  }
}
