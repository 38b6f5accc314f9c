package dev.pilothouse.source;

/**
 * A file that differs from what the tree was made from: the commit of a Git checkout, or the module
 * of a vendored tree.
 *
 * @param path relative to Istio's root
 * @param change how it differs
 */
public record DirtyFile(String path, Change change) {
  /** How a file differs. */
  public enum Change {
    /** Its content differs. */
    MODIFIED,
    /** It is new. */
    ADDED,
    /** It is gone. */
    DELETED
  }
}
