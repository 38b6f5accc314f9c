package dev.pilothouse.cluster;

import dev.pilothouse.failure.PilothouseException;
import org.jspecify.annotations.Nullable;

/** The cluster behind a kubeconfig cannot be opened. */
public final class KubeconfigException extends PilothouseException {
  private static final long serialVersionUID = 1L;

  /** What is wrong. */
  public enum Problem {
    /** There is no kubeconfig file. */
    NO_FILE,
    /** A file is no kubeconfig, or lacks what its context needs. */
    INVALID,
    /** The context that was asked for is not there, or no current context is set. */
    NO_CONTEXT,
    /** No answer comes from the server, or none that can be trusted. */
    UNREACHABLE,
    /** The server does not accept the credentials. */
    UNAUTHORIZED
  }

  private final Problem problem;

  KubeconfigException(
      Problem problem, String tried, String cameBack, String toDo, @Nullable Throwable cause) {
    super(tried, cameBack, toDo, null, cause);
    this.problem = problem;
  }

  /**
   * What is wrong.
   *
   * @return the kind of problem
   */
  public Problem problem() {
    return problem;
  }
}
