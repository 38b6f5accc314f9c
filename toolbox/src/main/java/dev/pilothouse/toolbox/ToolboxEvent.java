package dev.pilothouse.toolbox;

import java.time.Duration;
import java.util.Set;

/**
 * What a {@link Toolbox} tells while it provisions. Events of one provisioning come one at a time,
 * in order, on threads of the toolbox; a listener should be quick, and must not call the toolbox.
 *
 * <p>A failure is no event: it is the exception of the call.
 */
public sealed interface ToolboxEvent {
  /**
   * Another thread or JVM is providing the same; this one waits, and then uses what it made.
   *
   * @param what what is waited for
   */
  record Waiting(String what) implements ToolboxEvent {}

  /**
   * A download starts.
   *
   * @param what what is downloaded
   */
  record DownloadStarted(String what) implements ToolboxEvent {}

  /**
   * A download goes on.
   *
   * @param what what is downloaded
   * @param line what the downloading program says: the module it fetches, for one
   */
  record DownloadProgress(String what, String line) implements ToolboxEvent {}

  /**
   * A download is done.
   *
   * @param what what is downloaded
   * @param took how long it took
   */
  record DownloadFinished(String what, Duration took) implements ToolboxEvent {}

  /**
   * A build starts.
   *
   * @param tools what is built, in one go
   * @param packages of how many Go packages it is made
   */
  record BuildStarted(Set<Tool> tools, int packages) implements ToolboxEvent {}

  /**
   * The compiler has begun another package. Packages in Go's build cache are not compiled, so a
   * build may finish long before {@code done} reaches {@code packages}.
   *
   * @param tools what is built
   * @param done how many packages the compiler has begun so far
   * @param packages of how many Go packages it is made
   * @param line the package's import path
   */
  record BuildProgress(Set<Tool> tools, int done, int packages, String line)
      implements ToolboxEvent {}

  /**
   * A build is done.
   *
   * @param tools what was built
   * @param took how long it took
   */
  record BuildFinished(Set<Tool> tools, Duration took) implements ToolboxEvent {}
}
