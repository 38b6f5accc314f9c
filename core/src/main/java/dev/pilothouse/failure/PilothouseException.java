package dev.pilothouse.failure;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The root of core's own exceptions. What the toolbox throws passes through core ({@code
 * ToolboxException}, and {@code MissingToolsException} below it), as does {@code
 * EnvoyConfigException} of envoy-inspect; an argument that makes no sense is an {@link
 * IllegalArgumentException}. Its message has one shape: what was tried, what came back, what to do,
 * and where the evidence lies.
 */
public class PilothouseException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient @Nullable Path evidence;

  /**
   * Makes the message from its parts.
   *
   * @param tried what was tried, as "deploying istiod"
   * @param cameBack what came back, the system's own words first
   * @param toDo what the reader can do about it; empty when there is nothing to advise
   * @param evidence a log or a folder to read on in, or null
   * @param cause the exception behind this one, or null
   */
  public PilothouseException(
      String tried,
      String cameBack,
      String toDo,
      @Nullable Path evidence,
      @Nullable Throwable cause) {
    super(message(tried, cameBack, toDo, evidence), cause);
    this.evidence = evidence;
  }

  /**
   * The log or folder that shows more.
   *
   * @return the path, or empty when there is none
   */
  public Optional<Path> evidence() {
    return Optional.ofNullable(evidence);
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
