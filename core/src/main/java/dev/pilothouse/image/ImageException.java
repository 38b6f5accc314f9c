package dev.pilothouse.image;

import dev.pilothouse.failure.PilothouseException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** An image cannot be built, or an istiod cannot be delivered. */
public final class ImageException extends PilothouseException {
  private static final long serialVersionUID = 1L;

  /** What is wrong. */
  public enum Reason {
    /** Docker does not answer, or went away in the middle. */
    DOCKER_UNREACHABLE,
    /** The base image, or an image that was asked for, is nowhere to be found. */
    NO_SUCH_IMAGE,
    /** The binary, the base image and the nodes are not of one architecture. */
    WRONG_ARCHITECTURE,
    /** A file that belongs into the image cannot be used. */
    UNUSABLE_FILE,
    /** A program is missing that the build runs. */
    TOOL_MISSING,
    /** The build failed, with its output. */
    BUILD_FAILED,
    /** There is no space left where the image is written. */
    NO_SPACE,
    /** The cluster's nodes are no containers of this Docker, or a node went away. */
    NODE_UNREACHABLE,
    /** The node did not take what was sent. */
    NODE_REFUSED,
    /** The registry did not take the image, or does not answer. */
    REGISTRY_REFUSED,
    /** There is nothing to go back to. */
    NOTHING_BEFORE,
    /** The thread was interrupted. */
    INTERRUPTED
  }

  private final Reason reason;

  /**
   * Makes the message from its parts, as {@link PilothouseException} does.
   *
   * @param reason what is wrong
   * @param tried what was tried
   * @param cameBack what came back, the system's own words first
   * @param toDo what the reader can do about it; empty when there is nothing to advise
   * @param evidence a log or a folder to read on in, or null
   * @param cause the exception behind this one, or null
   */
  public ImageException(
      Reason reason,
      String tried,
      String cameBack,
      String toDo,
      @Nullable Path evidence,
      @Nullable Throwable cause) {
    super(tried, cameBack, toDo, evidence, cause);
    this.reason = reason;
  }

  /**
   * What is wrong.
   *
   * @return the reason
   */
  public Reason reason() {
    return reason;
  }
}
