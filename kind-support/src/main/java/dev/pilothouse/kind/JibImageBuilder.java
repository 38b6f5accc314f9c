package dev.pilothouse.kind;

import com.google.cloud.tools.jib.api.CacheDirectoryCreationException;
import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.ImageReference;
import com.google.cloud.tools.jib.api.InvalidImageReferenceException;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.JibContainer;
import com.google.cloud.tools.jib.api.JibContainerBuilder;
import com.google.cloud.tools.jib.api.LogEvent;
import com.google.cloud.tools.jib.api.RegistryException;
import com.google.cloud.tools.jib.api.RegistryImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;
import com.google.cloud.tools.jib.api.buildplan.Platform;
import dev.pilothouse.image.BuiltImage;
import dev.pilothouse.image.ImageEvent;
import dev.pilothouse.image.ImageException;
import dev.pilothouse.image.ImageException.Reason;
import dev.pilothouse.image.ImageLabels;
import dev.pilothouse.image.ImageSpec;
import dev.pilothouse.kind.ImageContent.ImageFile;
import dev.pilothouse.toolbox.RunDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Builds without Docker, by Jib. */
final class JibImageBuilder extends ContentImageBuilder {
  private static final Pattern COLOURS = Pattern.compile("\u001b\\[[0-9;]*m");

  private final JibTarget target;

  JibImageBuilder(JibTarget target, Consumer<ImageEvent> progress) {
    super(progress);
    this.target = target;
  }

  @Override
  BuiltImage build(String tried, ImageContent content, ImageSpec spec) {
    if (spec.dockerfile().isPresent()) {
      throw new IllegalArgumentException(
          "a Dockerfile needs Docker: build "
              + spec.dockerfile().get()
              + " with"
              + " ImageBuilders.docker");
    }
    String hash = content.hash(spec.base());
    String reference = ImageNames.of(spec, hash);
    try {
      Optional<BuiltImage> there = target.find(reference, hash);
      if (there.isPresent()) {
        tell(new ImageEvent.Unchanged(reference, hash));
        return there.get();
      }
      tell(new ImageEvent.Started(reference, hash));
      long start = System.nanoTime();
      BuiltImage image = make(content.withLabel(ImageLabels.CONTENT, hash), reference, spec);
      tell(new ImageEvent.Finished(image, Duration.ofNanos(System.nanoTime() - start)));
      return image;
    } catch (InterruptedException e) {
      throw interrupted(tried, e);
    } catch (InvalidImageReferenceException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    } catch (ExecutionException e) {
      throw failed(tried, e.getCause() == null ? e : e.getCause(), spec);
    } catch (RegistryException | IOException | CacheDirectoryCreationException e) {
      throw failed(tried, e, spec);
    }
  }

  private BuiltImage make(ImageContent content, String reference, ImageSpec spec)
      throws InterruptedException,
          InvalidImageReferenceException,
          ExecutionException,
          RegistryException,
          IOException,
          CacheDirectoryCreationException {
    try (RunDirectory run = target.openRun()) {
      Instant created = Instant.now();
      Path draft = run.path().resolve("image.tar");
      Containerizer containerizer =
          target
              .containerizer(reference, draft)
              .setToolName("pilothouse")
              .setApplicationLayersCache(run.path().resolve("layers"))
              .addEventHandler(LogEvent.class, event -> tell(reference, event));
      JibContainer made =
          from(spec)
              .setPlatforms(Set.of(new Platform(content.architecture(), "linux")))
              .addFileEntriesLayer(layer(content))
              .setUser(content.user().isEmpty() ? null : content.user())
              .setEntrypoint(content.entrypoint())
              .setLabels(content.labels())
              .setCreationTime(created)
              .containerize(containerizer);
      BuiltImage image =
          new BuiltImage(
              reference,
              made.getImageId().toString(),
              "linux/" + content.architecture(),
              created,
              content.labels(),
              Optional.empty());
      return target.keep(image, draft, made.getDigest().toString());
    }
  }

  private static JibContainerBuilder from(ImageSpec spec) throws InvalidImageReferenceException {
    if (spec.base().equals(ImageSpec.SCRATCH)) {
      return Jib.fromScratch();
    }
    if (spec.base().startsWith("tar:")) {
      return Jib.from(spec.base());
    }
    ImageReference name = ImageReference.parse(spec.base());
    return Jib.from(RegistryTarget.withCredentials(RegistryImage.named(name), name));
  }

  private static FileEntriesLayer layer(ImageContent content) {
    FileEntriesLayer.Builder layer = FileEntriesLayer.builder().setName("istio");
    for (ImageFile file : content.files()) {
      layer.addEntry(
          file.source(),
          AbsoluteUnixPath.get("/" + file.path()),
          FilePermissions.fromOctalString(Integer.toOctalString(file.mode())),
          Instant.EPOCH);
    }
    return layer.build();
  }

  private void tell(String reference, LogEvent event) {
    String line = COLOURS.matcher(event.getMessage()).replaceAll("");
    if (event.getLevel() != LogEvent.Level.DEBUG && !line.isBlank()) {
      tell(new ImageEvent.Output(reference, line));
    }
  }

  private static ImageException failed(String tried, Throwable e, ImageSpec spec) {
    String text = e.getMessage() == null ? e.toString() : e.getMessage();
    if (DockerFailures.isNoSpace(text)) {
      return new ImageException(
          Reason.NO_SPACE, tried, text, "make space where the archive is written", null, e);
    }
    boolean registry = e instanceof RegistryException || e instanceof java.net.SocketException;
    return new ImageException(
        registry ? Reason.REGISTRY_REFUSED : Reason.BUILD_FAILED,
        tried,
        text,
        registry
            ? "look whether the registry of "
                + spec.hub()
                + " (or of the base image) answers, and"
                + " whether you are logged in (docker login)"
            : "",
        null,
        e);
  }

  /** The image by its digest, after it was pushed; empty where nothing is pushed. */
  Optional<String> exact(BuiltImage image) {
    return target instanceof RegistryTarget registry
        ? Optional.of(registry.exact(image))
        : Optional.empty();
  }

  @Override
  public List<BuiltImage> list() {
    try {
      return target.list().stream()
          .sorted(Comparator.comparing(BuiltImage::created).reversed())
          .toList();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  @Override
  public List<BuiltImage> prune(ImageSpec spec, int keep) {
    return ImageNames.inRepositoryOf(spec, list()).stream()
        .skip(keep)
        .filter(this::remove)
        .toList();
  }

  private boolean remove(BuiltImage image) {
    try {
      boolean removed = target.remove(image);
      if (removed) {
        tell(new ImageEvent.Pruned(image));
      }
      return removed;
    } catch (InterruptedException e) {
      throw interrupted("removing " + image.reference(), e);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private static ImageException interrupted(String tried, InterruptedException e) {
    Thread.currentThread().interrupt();
    return new ImageException(
        Reason.INTERRUPTED, tried, "this thread was interrupted", "", null, e);
  }

  private static ImageException unreadable(IOException e) {
    return new ImageException(
        Reason.UNUSABLE_FILE, "looking at the archives of images", e.toString(), "", null, e);
  }
}
