package dev.pilothouse.delve;

import dev.pilothouse.failure.PilothouseException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Debugging went wrong. {@link #kind()} tells how, for programs that want to go on. */
public final class DelveException extends PilothouseException {
  private static final long serialVersionUID = 1L;

  /** What went wrong. */
  public enum Kind {
    /** Delve could not be started, or could not attach: rights, a port, a binary. */
    ATTACH,
    /** The connection to Delve was lost, or could not be made. */
    CONNECTION,
    /** What came back is not Delve's: garbage, half a message, too much. */
    PROTOCOL,
    /** It took longer than allowed. */
    TIMEOUT,
    /** The thread was interrupted; its flag is set again. */
    INTERRUPTED,
    /** The program that is debugged has ended. */
    EXITED,
    /** There is no such function, file, line or breakpoint. */
    NOT_FOUND,
    /** The line has a breakpoint of somebody else's already. */
    TAKEN,
    /** A condition or an expression is wrong. */
    EXPRESSION,
    /** The program runs, and this can be done only while it is stopped. */
    RUNNING,
    /** The session is closed. */
    CLOSED,
    /** Delve refused for another reason. */
    REFUSED
  }

  private final Kind kind;
  private final String words;
  private final String toDo;

  DelveException(Kind kind, String tried, String cameBack, String toDo, @Nullable Throwable cause) {
    this(kind, tried, cameBack, toDo, null, cause);
  }

  DelveException(
      Kind kind,
      String tried,
      String cameBack,
      String toDo,
      @Nullable Path evidence,
      @Nullable Throwable cause) {
    super(tried, cameBack, toDo, evidence, cause);
    this.kind = kind;
    this.words = cameBack;
    this.toDo = toDo;
  }

  /** What came back, for an exception that tells it again. */
  String words() {
    return words;
  }

  /** What can be done about it. */
  String toDo() {
    return toDo;
  }

  /**
   * What went wrong.
   *
   * @return the kind
   */
  public Kind kind() {
    return kind;
  }
}
