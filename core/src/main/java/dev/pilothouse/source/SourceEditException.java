package dev.pilothouse.source;

import dev.pilothouse.failure.PilothouseException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An edit does not fit the source tree, or cannot be undone. Nothing was changed. */
public final class SourceEditException extends PilothouseException {
  private static final long serialVersionUID = 1L;

  /** What is in the way. */
  public enum Reason {
    /** The file to edit is not in the tree. */
    NO_SUCH_FILE,
    /** The text to replace, or the marker, is not in the file. */
    NOT_FOUND,
    /** The text to replace, or the marker, is in the file more than once. */
    AMBIGUOUS,
    /** The tree has this edit already. */
    ALREADY_PRESENT,
    /** A part of a patch does not fit the file, or the file to create is there already. */
    DOES_NOT_FIT,
    /** The edit itself is wrong: no unified diff, a path outside the tree, nothing to do. */
    BAD_EDIT,
    /** The file was changed after it was edited, so undoing would lose that change. */
    CHANGED_SINCE
  }

  private final Reason reason;
  private final transient List<String> files;

  SourceEditException(
      Reason reason,
      List<String> files,
      String tried,
      String cameBack,
      String toDo,
      @Nullable Path evidence) {
    super(tried, cameBack, toDo, evidence, null);
    this.reason = reason;
    this.files = List.copyOf(files);
  }

  /**
   * What is in the way.
   *
   * @return the reason
   */
  public Reason reason() {
    return reason;
  }

  /**
   * The files concerned.
   *
   * @return paths relative to Istio's root; empty when the edit names none
   */
  public List<String> files() {
    return files;
  }
}
