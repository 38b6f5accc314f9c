package dev.pilothouse.image;

import java.time.Duration;

/**
 * What an {@link ImageBuilder} tells while it works. Events of one build come one at a time, in
 * order, on any thread; a listener should be quick, and must not call the builder.
 */
public sealed interface ImageEvent {
  /**
   * There is an image of this name with the same content: nothing is to be done.
   *
   * @param reference the image
   * @param content the hash of its content
   */
  record Unchanged(String reference, String content) implements ImageEvent {}

  /**
   * The build starts.
   *
   * @param reference the image
   * @param content the hash of all that goes in
   */
  record Started(String reference, String content) implements ImageEvent {}

  /**
   * The builder printed a line.
   *
   * @param reference the image
   * @param line what it printed, as {@code Step 2/4 : COPY …}
   */
  record Output(String reference, String line) implements ImageEvent {}

  /**
   * The image is there.
   *
   * @param image the image
   * @param took how long the build took
   */
  record Finished(BuiltImage image, Duration took) implements ImageEvent {}

  /**
   * The build failed. The call ends with this very exception, which has the end of the output.
   *
   * @param failure what is wrong, and where it can be said, what to do
   */
  record Failed(ImageException failure) implements ImageEvent {}

  /**
   * An image that Pilothouse had made earlier was removed.
   *
   * @param image the image
   */
  record Pruned(BuiltImage image) implements ImageEvent {}
}
