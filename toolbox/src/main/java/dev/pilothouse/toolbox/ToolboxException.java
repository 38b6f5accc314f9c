package dev.pilothouse.toolbox;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The root of everything the toolbox throws. Its message has one shape: what was tried, what came
 * back, what to do, and where the evidence lies.
 */
public class ToolboxException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String summary;
  private final transient @Nullable Path evidence;

  /**
   * Makes the message from its parts.
   *
   * @param tried what was tried, as "starting etcd"
   * @param cameBack what came back, the system's own words first
   * @param toDo what the reader can do about it; empty when there is nothing to advise
   * @param evidence a log or a folder to read on in, or null
   * @param cause the exception behind this one, or null
   */
  public ToolboxException(
      String tried,
      String cameBack,
      String toDo,
      @Nullable Path evidence,
      @Nullable Throwable cause) {
    super(message(tried, cameBack, toDo, evidence), cause);
    this.summary = tried + ": " + cameBack;
    this.evidence = evidence;
  }

  /**
   * What was tried and what came back, without advice and evidence: for a failure that wraps this
   * one and has its own.
   *
   * @return the beginning of the message
   */
  public String summary() {
    return summary;
  }

  /**
   * The log or folder that shows more.
   *
   * @return the path, or empty when there is none
   */
  public Optional<Path> evidence() {
    return Optional.ofNullable(evidence);
  }

  /** The system's own words, with the file where the exception knows it. */
  static String reason(IOException e) {
    if (e instanceof ClosedByInterruptException) {
      return "this thread was interrupted";
    }
    boolean reasoned = !(e instanceof FileSystemException file) || file.getReason() != null;
    // "NoSuchFileException: /a/b": the message is the file alone.
    return reasoned && e.getMessage() != null
        ? e.getMessage()
        : e.getClass().getSimpleName() + ": " + e.getMessage();
  }

  private static String message(
      String tried, String cameBack, String toDo, @Nullable Path evidence) {
    StringBuilder text = new StringBuilder(tried).append(": ").append(cameBack);
    if (!toDo.isEmpty()) {
      text.append(System.lineSeparator()).append("What to do: ").append(toDo);
    }
    if (evidence != null) {
      text.append(System.lineSeparator()).append("Evidence: ").append(evidence);
    }
    return text.toString();
  }
}
