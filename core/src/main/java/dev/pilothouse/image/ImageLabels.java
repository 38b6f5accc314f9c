package dev.pilothouse.image;

/** The labels of the images that Pilothouse makes. */
public final class ImageLabels {
  /** The source's revision, under the name that the OCI gave it. */
  public static final String REVISION = "org.opencontainers.image.revision";

  /** The version of the program, under the name that the OCI gave it. */
  public static final String VERSION = "org.opencontainers.image.version";

  /**
   * A hash of all that went into the image. An image that has it under the same name is not built
   * again. All images that have this label were made by Pilothouse.
   */
  public static final String CONTENT = "dev.pilothouse.content";

  /** The tag in istiod's version stamp: the fingerprint of its build. */
  public static final String BUILD = "dev.pilothouse.build";

  /** {@code release}, {@code debug} or {@code stock}. */
  public static final String FLAVOR = "dev.pilothouse.flavor";

  /** The changed files of the source, separated by commas. */
  public static final String DIRTY_FILES = "dev.pilothouse.dirty-files";

  private ImageLabels() {}
}
