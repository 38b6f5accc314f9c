package dev.pilothouse.kind;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Image;
import dev.pilothouse.image.BuiltImage;
import dev.pilothouse.image.ImageEvent;
import dev.pilothouse.image.ImageException;
import dev.pilothouse.image.ImageException.Reason;
import dev.pilothouse.image.ImageLabels;
import dev.pilothouse.image.ImageSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Builds with Docker's own (classic) builder, into Docker's store. */
final class DockerImageBuilder extends ContentImageBuilder {
  private final DockerHost host;

  DockerImageBuilder(DockerHost host, Consumer<ImageEvent> progress) {
    super(progress);
    this.host = host;
  }

  @Override
  BuiltImage build(String tried, ImageContent content, ImageSpec spec) {
    if (spec.base().startsWith("tar:")) {
      throw new IllegalArgumentException(
          "Docker builds from no archive: load it (docker load) and give its name: " + spec.base());
    }
    return new DockerFailures(tried, host)
        .guard(
            () -> {
              try (DockerClient docker = host.client()) {
                return build(tried, docker, content, spec);
              }
            });
  }

  private BuiltImage build(String tried, DockerClient docker, ImageContent content, ImageSpec spec)
      throws InterruptedException {
    BuildContext context =
        spec.dockerfile()
            .map(file -> BuildContext.ofUser(tried, hashes(), file, content))
            .orElseGet(() -> BuildContext.ours(content, spec.base()));
    String hash = content.hash(baseId(tried, docker, content, spec) + context.hash());
    String reference = ImageNames.of(spec, hash);
    Optional<BuiltImage> there = find(docker, reference, hash);
    if (there.isPresent()) {
      tell(new ImageEvent.Unchanged(reference, hash));
      return there.get();
    }
    tell(new ImageEvent.Started(reference, hash));
    long start = System.nanoTime();
    ImageContent labelled = content.withLabel(ImageLabels.CONTENT, hash);
    DockerBuild build = new DockerBuild(tried, docker, reference, progress());
    if (spec.dockerfile().isEmpty()) {
      BuildContext whole = BuildContext.ours(labelled, spec.base());
      build.run(whole, content.architecture(), Map.of(), Map.of());
    } else {
      build.run(context, content.architecture(), labelled.labels(), spec.buildArguments());
    }
    BuiltImage image = image(docker, reference);
    tell(new ImageEvent.Finished(image, Duration.ofNanos(System.nanoTime() - start)));
    return image;
  }

  /** An image that is only pulled by the build counts by its name. */
  private String baseId(String tried, DockerClient docker, ImageContent content, ImageSpec spec) {
    if (spec.dockerfile().isPresent() || spec.base().equals(ImageSpec.SCRATCH)) {
      return spec.buildArguments().toString();
    }
    try {
      InspectImageResponse base = docker.inspectImageCmd(spec.base()).exec();
      if (!content.architecture().equals(base.getArch())) {
        throw new ImageException(
            Reason.WRONG_ARCHITECTURE,
            tried,
            "the base image "
                + spec.base()
                + " is for "
                + base.getArch()
                + ", the program for "
                + content.architecture(),
            "take a base image for the program's architecture",
            null,
            null);
      }
      return String.valueOf(base.getId());
    } catch (NotFoundException e) {
      return spec.base();
    }
  }

  /**
   * The image of this name, or one with the same content under another tag, which gets this name
   * too. (One in another repository may be the user's own, built from ours with our labels.)
   */
  private static Optional<BuiltImage> find(DockerClient docker, String reference, String hash) {
    String repository = ImageNames.repository(reference);
    List<String> same =
        docker.listImagesCmd().withLabelFilter(Map.of(ImageLabels.CONTENT, hash)).exec().stream()
            .flatMap(image -> names(image).stream())
            .filter(name -> ImageNames.repository(name).equals(repository))
            .toList();
    if (same.isEmpty()) {
      return Optional.empty();
    }
    if (!same.contains(reference)) {
      String tag = reference.substring(repository.length() + 1);
      docker.tagImageCmd(same.get(0), repository, tag).exec();
    }
    return Optional.of(image(docker, reference));
  }

  private static List<String> names(Image image) {
    return image.getRepoTags() == null
        ? List.of()
        : Arrays.stream(image.getRepoTags()).filter(name -> !name.startsWith("<none>")).toList();
  }

  static BuiltImage image(DockerClient docker, String reference) {
    InspectImageResponse image = docker.inspectImageCmd(reference).exec();
    Map<String, String> labels =
        image.getConfig() == null || image.getConfig().getLabels() == null
            ? Map.of()
            : image.getConfig().getLabels();
    return new BuiltImage(
        reference,
        String.valueOf(image.getId()),
        image.getOs() + "/" + image.getArch(),
        Instant.parse(String.valueOf(image.getCreated())),
        labels,
        Optional.empty());
  }

  @Override
  public List<BuiltImage> list() {
    return new DockerFailures("listing the images that Pilothouse made", host)
        .guard(
            () -> {
              try (DockerClient docker = host.client()) {
                return list(docker);
              }
            });
  }

  private static List<BuiltImage> list(DockerClient docker) {
    return docker.listImagesCmd().withLabelFilter(ImageLabels.CONTENT).exec().stream()
        .flatMap(image -> names(image).stream())
        .map(name -> image(docker, name))
        .sorted(Comparator.comparing(BuiltImage::created).reversed())
        .toList();
  }

  @Override
  public List<BuiltImage> prune(ImageSpec spec, int keep) {
    return new DockerFailures("removing old images of " + spec.hub() + "/" + spec.name(), host)
        .guard(
            () -> {
              try (DockerClient docker = host.client()) {
                return prune(docker, spec, keep);
              }
            });
  }

  private List<BuiltImage> prune(DockerClient docker, ImageSpec spec, int keep) {
    List<BuiltImage> pruned = new ArrayList<>();
    for (BuiltImage old :
        ImageNames.inRepositoryOf(spec, list(docker)).stream().skip(keep).toList()) {
      if (remove(docker, old.reference())) {
        pruned.add(old);
        tell(new ImageEvent.Pruned(old));
      }
    }
    // Images of ours whose name went to a newer one.
    docker
        .listImagesCmd()
        .withLabelFilter(ImageLabels.CONTENT)
        .withDanglingFilter(true)
        .exec()
        .forEach(image -> remove(docker, image.getId()));
    return List.copyOf(pruned);
  }

  private static boolean remove(DockerClient docker, String name) {
    try {
      docker.removeImageCmd(name).exec();
      return true;
    } catch (ConflictException e) {
      return false; // A container uses it.
    } catch (NotFoundException e) {
      return false; // Somebody else was quicker.
    }
  }
}
