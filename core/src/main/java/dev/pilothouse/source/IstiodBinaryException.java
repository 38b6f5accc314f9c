package dev.pilothouse.source;

import dev.pilothouse.failure.PilothouseException;
import java.nio.file.Path;

/** A file is no istiod that could be run. */
public final class IstiodBinaryException extends PilothouseException {
  private static final long serialVersionUID = 1L;

  /** What is wrong with the file. */
  public enum Reason {
    /** There is no such file. */
    MISSING,
    /** It is no file, or this user may not execute it. */
    NOT_EXECUTABLE,
    /** It does not start, or is another program. */
    NOT_PILOT_DISCOVERY
  }

  private final Reason reason;

  IstiodBinaryException(Reason reason, Path binary, String cameBack, String toDo) {
    super("using " + binary + " as istiod", cameBack, toDo, null, null);
    this.reason = reason;
  }

  /**
   * What is wrong with the file.
   *
   * @return the reason
   */
  public Reason reason() {
    return reason;
  }
}
