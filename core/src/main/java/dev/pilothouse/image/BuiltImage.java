package dev.pilothouse.image;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An image that an {@link ImageBuilder} made.
 *
 * @param reference its name, as {@code localhost/pilot:dev-1763798400}
 * @param id the digest of its configuration, as {@code sha256:6b0c…}: what {@code docker images}
 *     and {@code crictl images} call the image's id
 * @param platform what it runs on, as {@code linux/amd64}
 * @param created when it was made
 * @param labels its labels; see {@link ImageLabels} for ours
 * @param archive the file that it was written to, where the builder writes files
 */
public record BuiltImage(
    String reference,
    String id,
    String platform,
    Instant created,
    Map<String, String> labels,
    Optional<Path> archive) {

  /** Copies the labels. */
  public BuiltImage {
    labels = Map.copyOf(labels);
  }

  /**
   * The revision of the source that its program was built from.
   *
   * @return empty where the builder was not told
   */
  public Optional<String> revision() {
    return Optional.ofNullable(labels.get(ImageLabels.REVISION));
  }

  /**
   * The files of the source that were changed when its program was built.
   *
   * @return paths relative to Istio's root, sorted; empty for a clean tree, or where the builder
   *     was not told
   */
  public List<String> dirtyFiles() {
    String files = labels.getOrDefault(ImageLabels.DIRTY_FILES, "");
    return files.isEmpty() ? List.of() : List.of(files.split(",", -1));
  }
}
