package dev.pilothouse.workload;

import dev.pilothouse.failure.PilothouseException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A request that got no HTTP answer. */
public final class NoReplyException extends PilothouseException {
  private static final long serialVersionUID = 1L;

  /** What happened instead of an answer. */
  public enum Reason {
    /** Nobody listens there. */
    REFUSED,
    /** The connection was closed or reset before the answer was complete. */
    CLOSED,
    /** The deadline passed. */
    DEADLINE,
    /** The thread was interrupted; its flag is set. */
    INTERRUPTED,
    /** Something else, as an answer that is not HTTP; see the message. */
    OTHER
  }

  private final Reason reason;

  NoReplyException(
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
   * What happened instead of an answer.
   *
   * @return the reason
   */
  public Reason reason() {
    return reason;
  }
}
