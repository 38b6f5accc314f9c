package dev.pilothouse.kind;

import dev.pilothouse.image.BuiltImage;
import dev.pilothouse.image.ImageBuilder;
import dev.pilothouse.image.ImageEvent;
import dev.pilothouse.image.ImageException;
import dev.pilothouse.image.ImageSpec;
import dev.pilothouse.image.ProxyFiles;
import dev.pilothouse.source.IstiodBinary;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Builds images of known files. How, is another matter. */
abstract sealed class ContentImageBuilder implements ImageBuilder
    permits DockerImageBuilder, JibImageBuilder {
  private final Consumer<ImageEvent> progress;
  private final FileHashes hashes = new FileHashes();

  ContentImageBuilder(Consumer<ImageEvent> progress) {
    this.progress = progress;
  }

  abstract BuiltImage build(String tried, ImageContent content, ImageSpec spec);

  @Override
  public BuiltImage build(IstiodBinary binary, ImageSpec spec) {
    String tried = "building an image of " + binary.path();
    return told(() -> build(tried, PilotContent.of(tried, hashes, binary, spec), spec));
  }

  @Override
  public BuiltImage buildProxy(ProxyFiles files, ImageSpec spec) {
    String tried = "building an image of the sidecar";
    return told(() -> build(tried, PilotContent.of(tried, hashes, files, spec), spec));
  }

  private BuiltImage told(Supplier<BuiltImage> build) {
    return told(progress, build);
  }

  /** Tells of a failure, too. */
  static BuiltImage told(Consumer<ImageEvent> progress, Supplier<BuiltImage> build) {
    try {
      return build.get();
    } catch (ImageException e) {
      try {
        progress.accept(new ImageEvent.Failed(e));
      } catch (RuntimeException listener) {
        e.addSuppressed(listener);
      }
      throw e;
    }
  }

  void tell(ImageEvent event) {
    progress.accept(event);
  }

  Consumer<ImageEvent> progress() {
    return progress;
  }

  FileHashes hashes() {
    return hashes;
  }
}
