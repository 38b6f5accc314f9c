package dev.pilothouse.source;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What an {@link IstiodCompiler} tells while it works. Events of one compilation come one at a
 * time, in order, on any thread; a listener should be quick, and must not call the compiler.
 *
 * <p>A failure is no event: it is the exception of the call.
 */
public sealed interface CompileEvent {
  /**
   * It is known what is to be compiled.
   *
   * @param program what is compiled, as {@code pilot-discovery}
   * @param fingerprint names all that goes in
   * @param took how long it took to look at the tree
   */
  record Fingerprinted(String program, String fingerprint, Duration took) implements CompileEvent {}

  /**
   * The same was compiled before: nothing is to be done.
   *
   * @param program what was to be compiled
   * @param binary the binary of that time
   */
  record Unchanged(String program, Path binary) implements CompileEvent {}

  /**
   * Another thread or JVM compiles the same; this one waits, and then uses what it made.
   *
   * @param program what is compiled
   */
  record Waiting(String program) implements CompileEvent {}

  /**
   * The build starts.
   *
   * @param program what is compiled
   */
  record Started(String program) implements CompileEvent {}

  /**
   * The build goes on.
   *
   * @param program what is compiled
   * @param line the import path of the package whose compilation starts (those in Go's build cache
   *     are not compiled), or {@code go: downloading …}
   */
  record Progress(String program, String line) implements CompileEvent {}

  /**
   * The build is done and its result is checked.
   *
   * @param program what was compiled
   * @param binary the binary
   * @param took how long the build took
   */
  record Finished(String program, Path binary, Duration took) implements CompileEvent {}
}
