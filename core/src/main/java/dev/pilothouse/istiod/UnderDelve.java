package dev.pilothouse.istiod;

import dev.pilothouse.toolbox.ManagedProcess;
import dev.pilothouse.toolbox.ProcessSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/**
 * A Delve that runs istiod, seen as istiod: when istiod has ended, Delve stays, for somebody to
 * look at what is left.
 */
final class UnderDelve implements ManagedProcess {
  private final ManagedProcess delve;
  private volatile boolean began;

  UnderDelve(ManagedProcess delve) {
    this.delve = delve;
  }

  @Override
  public boolean alive() {
    if (!delve.alive()) {
      return false;
    }
    boolean program = ProcessHandle.of(delve.pid()).map(UnderDelve::runsAProgram).orElse(false);
    began |= program;
    return program || !began;
  }

  /** Delve has a child of its own program too, which would report its crashes. */
  private static boolean runsAProgram(ProcessHandle dlv) {
    Optional<String> own = dlv.info().command();
    return dlv.children()
        .map(child -> child.info().command())
        .anyMatch(command -> command.isPresent() && !command.equals(own));
  }

  @Override
  public ProcessSpec spec() {
    return delve.spec();
  }

  @Override
  public long pid() {
    return delve.pid();
  }

  @Override
  public OptionalInt exitCode() {
    return delve.exitCode();
  }

  @Override
  public CompletableFuture<Integer> exited() {
    return delve.exited();
  }

  @Override
  public Path log() {
    return delve.log();
  }

  @Override
  public List<String> logTail(int lines) {
    return delve.logTail(lines);
  }

  @Override
  public void await(String what, BooleanSupplier ready, Duration deadline) {
    delve.await(what, ready, deadline);
  }

  @Override
  public void close() {
    delve.close();
  }
}
