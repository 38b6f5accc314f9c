package dev.pilothouse.istiod;

import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.source.IstiodBinary;
import dev.pilothouse.toolbox.ManagedProcess;
import dev.pilothouse.toolbox.RunDirectory;
import dev.pilothouse.toolbox.ToolboxException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** An istiod that runs as a process of this machine. */
final class ProcessIstiod implements Istiod, Debuggable {
  private static final int TAIL_LINES = 15;

  /** One life of the process. */
  private record Life(ManagedProcess process, IstiodBinary binary) {}

  private final Setup setup;
  private final RunDirectory directory;
  private final Consumer<IstiodBinary> check;

  /** Held while the process is being started or replaced. */
  private final ReentrantLock changing = new ReentrantLock();

  private final AtomicBoolean closed = new AtomicBoolean();
  private final Thread atJvmExit = new Thread(this::end, "pilothouse-istiod-exit");
  private volatile @Nullable Life life;

  private final ProxyWait.Asked asked =
      new ProxyWait.Asked() {
        @Override
        public List<ProxySync> proxies() throws IOException, InterruptedException {
          return setup.admin().proxies();
        }

        @Override
        public boolean gone() {
          return ProcessIstiod.this.gone();
        }

        @Override
        public String exitText() {
          return ProcessIstiod.this.exitText(life());
        }
      };

  /**
   * Nothing runs yet.
   *
   * @param directory closed with this
   * @param check refuses a binary that does not know the settings
   */
  ProcessIstiod(Setup setup, RunDirectory directory, Consumer<IstiodBinary> check) {
    this.setup = setup;
    this.directory = directory;
    this.check = check;
    Runtime.getRuntime().addShutdownHook(atJvmExit);
  }

  /** The first start. */
  void start(String tried, IstiodBinary binary) {
    change(tried, () -> launch(tried, binary, spec().readyDeadline()));
  }

  @Override
  public IstiodSpec spec() {
    return setup.launch().spec();
  }

  @Override
  public IstiodBinary binary() {
    return life().binary();
  }

  @Override
  public int xdsPort() {
    return setup.launch().ports().xds();
  }

  @Override
  public int secureXdsPort() {
    return setup.launch().ports().secureXds();
  }

  @Override
  public URI monitoring() {
    return setup.launch().ports().admin();
  }

  @Override
  public DebugEndpoint debug() {
    return spec().delve().isPresent()
        ? new DebugEndpoint.Delve("127.0.0.1", setup.launch().ports().delve())
        : new DebugEndpoint.Pid(life().process().pid());
  }

  @Override
  public Path log() {
    return life().process().log();
  }

  @Override
  public List<IstiodInstance> instances() {
    requireOpen("reaching istiod " + spec().name());
    URI controlZ = URI.create("http://127.0.0.1:" + setup.launch().ports().controlZ());
    return List.of(new IstiodInstance(spec().name(), monitoring(), controlZ, log()));
  }

  @Override
  public Replacement replaceWith(IstiodBinary binary, Duration deadline) {
    String tried = "replacing istiod " + spec().name() + " with " + binary.path();
    Replacement.Clock clock = new Replacement.Clock();
    change(
        tried,
        () -> {
          check.accept(binary);
          Life old = life();
          old.process().close();
          clock.done("stop", "");
          try {
            launch(tried, binary, deadline);
            clock.done("start", binary.version().tag());
          } catch (PilothouseException | ToolboxException e) {
            throw new PilothouseException(
                tried, bringBack(old) + System.lineSeparator() + e.getMessage(), "", null, e);
          }
        });
    return clock.replacement();
  }

  @Override
  public void restart(Duration deadline) {
    String tried = "restarting istiod " + spec().name();
    change(
        tried,
        () -> {
          Life old = life();
          old.process().close();
          launch(tried, old.binary(), deadline);
        });
  }

  @Override
  public List<ProxySync> proxies() {
    String tried = "asking istiod " + spec().name() + " for its proxies";
    requireOpen(tried);
    try {
      return setup.admin().proxies();
    } catch (IOException e) {
      Life now = life();
      String words = now.process().alive() ? e.toString() : exitText(now);
      String toDo = AdminApi.advice(e, spec().delve().isPresent());
      throw new PilothouseException(tried, words, toDo, now.process().log(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PilothouseException(tried, "this thread was interrupted", "", null, e);
    }
  }

  @Override
  public ProxySync await(String proxyId, Predicate<ProxySync> condition, Duration deadline) {
    requireOpen("waiting for proxy " + proxyId);
    return new ProxyWait(this, asked, proxyId, condition).until(deadline);
  }

  @Override
  public List<String> logTail(int lines) {
    requireOpen("reading the log of istiod " + spec().name());
    return life().process().logTail(lines);
  }

  @Override
  public void close() {
    if (closed.get()) {
      return;
    }
    try {
      Runtime.getRuntime().removeShutdownHook(atJvmExit);
    } catch (IllegalStateException e) {
      return; // The JVM is exiting, and the hook does it.
    }
    end();
  }

  /** Whether it has exited, and nobody is about to start it again. */
  private boolean gone() {
    Life now = life();
    // The same life afterwards: else it was replaced between the questions.
    return !now.process().alive() && !changing.isLocked() && now.equals(life);
  }

  private void end() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    // An interrupt does not keep it from ending what it has begun.
    boolean interrupted = Thread.interrupted();
    if (!changing.tryLock()) {
      // Whoever changes it must fail before the webhook goes, or would register it again.
      directory.close();
      changing.lock();
    }
    try {
      if (setup.webhook() != null) {
        setup.webhook().remove();
      }
    } finally {
      changing.unlock();
      directory.close();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void requireOpen(String tried) {
    if (closed.get()) {
      throw new PilothouseException(tried, "it is closed", "", null, null);
    }
  }

  private void change(String tried, Runnable action) {
    changing.lock();
    try {
      requireOpen(tried);
      action.run();
    } catch (ToolboxException e) {
      throw new PilothouseException(tried, String.valueOf(e.getMessage()), "", null, e);
    } finally {
      changing.unlock();
    }
  }

  /** Starts a process; on failure nothing of it is left running. */
  private void launch(String what, IstiodBinary binary, Duration deadline) {
    ManagedProcess started = directory.start(setup.launch().process(binary));
    ManagedProcess process = spec().delve().isPresent() ? new UnderDelve(started) : started;
    life = new Life(process, binary);
    boolean ready = false;
    try {
      new Startup(setup, what, process, binary, deadline).awaitReady();
      ready = true;
    } finally {
      if (!ready) {
        process.close();
      }
    }
  }

  /** Starts the old one again after the new one has failed, and says how that went. */
  private String bringBack(Life old) {
    if (closed.get()) {
      return "it was closed meanwhile";
    }
    // An interrupt ends the waiting for the new one, not the way back.
    boolean interrupted = Thread.interrupted();
    try {
      launch("starting the old one again", old.binary(), spec().readyDeadline());
      return "the new one did not get ready, the old one runs again";
    } catch (PilothouseException | ToolboxException e) {
      return "the new one did not get ready, and the old one did not come back: " + e.getMessage();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private Life life() {
    Life now = life;
    if (now == null) {
      throw new IllegalStateException("istiod was never started");
    }
    return now;
  }

  private String exitText(Life ended) {
    if (closed.get()) {
      return "it was closed";
    }
    List<String> log = ended.process().logTail(1000);
    String reason = StartupLog.exitReason(log);
    StringBuilder text =
        new StringBuilder("istiod has exited with code ")
            .append(Startup.exitCode(ended.process()))
            .append(reason.isEmpty() ? "" : ": " + reason)
            .append(System.lineSeparator())
            .append("The end of its log:");
    StartupLog.tail(log, TAIL_LINES)
        .forEach(line -> text.append(System.lineSeparator()).append("  ").append(line));
    return text.toString();
  }

  @Override
  public String toString() {
    return "Istiod[%s.%s, revision %s, xds 127.0.0.1:%d, %s]"
        .formatted(spec().name(), spec().namespace(), spec().revision(), xdsPort(), monitoring());
  }
}
