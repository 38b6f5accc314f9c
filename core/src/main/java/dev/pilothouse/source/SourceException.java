package dev.pilothouse.source;

import dev.pilothouse.failure.PilothouseException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A source tree cannot be had, read or used. */
public final class SourceException extends PilothouseException {
  private static final long serialVersionUID = 1L;

  /** What is wrong. */
  public enum Reason {
    /** The folder is no tree of Istio's source. */
    NOT_ISTIO,
    /** The folder is in no Git checkout. */
    NOT_A_CHECKOUT,
    /** Git could not reach the remote, or the remote refused. */
    REMOTE_UNREACHABLE,
    /** There is no such branch, tag or commit. */
    NO_SUCH_BRANCH,
    /** The tree has changes that are not committed. */
    DIRTY,
    /** The folder to write to is there already, and not empty. */
    TARGET_NOT_EMPTY,
    /** The tree is shared by all and must not be edited. */
    SHARED,
    /** The module that a vendored tree came from is not in Go's module cache. */
    ORIGIN_MISSING,
    /** Go could not provide the vendored tree. */
    NOT_PROVIDED,
    /** Git itself failed. */
    GIT_FAILED,
    /** A file cannot be read or written. */
    UNREADABLE,
    /** Files kept changing while they were being read or compiled. */
    KEEPS_CHANGING
  }

  private final Reason reason;

  SourceException(
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
