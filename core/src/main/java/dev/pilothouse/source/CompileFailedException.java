package dev.pilothouse.source;

import dev.pilothouse.failure.PilothouseException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Istio's source does not compile. */
public final class CompileFailedException extends PilothouseException {
  private static final long serialVersionUID = 1L;

  private final transient List<CompileError> errors;

  CompileFailedException(
      String tried,
      String cameBack,
      String toDo,
      List<CompileError> errors,
      @Nullable Path evidence,
      @Nullable Throwable cause) {
    super(tried, cameBack, toDo, evidence, cause);
    this.errors = List.copyOf(errors);
  }

  /**
   * What the compiler found, in its order. It gives a package up after ten errors, and does not
   * look at packages that need one that failed.
   *
   * @return the errors; those without a file are about the build as a whole
   */
  public List<CompileError> errors() {
    return errors;
  }

  /**
   * One error.
   *
   * @param file relative to Istio's root, as {@code pilot/pkg/xds/ads.go}; relative to the module's
   *     folder for a file outside Istio; null when the error belongs to no file
   * @param line the line, from 1, in the text as it is after the edits; 0 when unknown
   * @param column the column in bytes, from 1; 0 when unknown
   * @param message what the compiler says
   */
  public record CompileError(@Nullable String file, int line, int column, String message) {
    /** As the compiler prints it: {@code file:line:column: message}. */
    @Override
    public String toString() {
      return file == null
          ? message
          : file + ":" + line + (column > 0 ? ":" + column : "") + ": " + message;
    }
  }
}
