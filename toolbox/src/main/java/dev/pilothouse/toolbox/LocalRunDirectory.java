package dev.pilothouse.toolbox;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A run directory under a {@link RunRoot}, whose lock we hold. */
final class LocalRunDirectory implements RunDirectory {
  /** For processes that nobody names: those of dead or found runs, and lost grandchildren. */
  private static final Duration STRAY_GRACE = Duration.ofSeconds(3);

  private static final File NOTHING = new File("/dev/null");

  private enum State {
    OPEN,
    LET_GO,
    DELETED
  }

  private final RunRoot root;
  private final String name;
  private final Path path;
  private final OwnerLock lock;
  private final Runnable atJvmExit = this::close;
  private final List<RunningProcess> processes = new ArrayList<>();
  private State state = State.OPEN;
  private boolean kept;
  private int started;

  LocalRunDirectory(RunRoot root, String name, Path path, OwnerLock lock, boolean kept) {
    this.root = root;
    this.name = name;
    this.path = path;
    this.lock = lock;
    this.kept = kept;
    JvmExit.add(atJvmExit);
  }

  @Override
  public String id() {
    return root.id(folder());
  }

  @Override
  public Path path() {
    return path;
  }

  @Override
  public synchronized Path write(String relative, String content) {
    requireOpen("writing " + relative);
    Path file = path.resolve(relative).normalize();
    if (!file.startsWith(path) || file.equals(path)) {
      throw new ToolboxException(
          "writing " + relative, "it does not lie in " + path, "name a path below it", null, null);
    }
    try {
      PrivateFiles.makeDirectories(path, file.resolveSibling(""));
      PrivateFiles.replace(file, content);
      return file;
    } catch (IOException e) {
      throw new ToolboxException("writing " + file, ToolboxException.reason(e), "", path, e);
    }
  }

  @Override
  public synchronized int reservePort() {
    requireOpen("reserving a port");
    try {
      return root.ports().reserve(folder());
    } catch (IOException e) {
      throw new ToolboxException("reserving a port", ToolboxException.reason(e), "", path, e);
    }
  }

  @Override
  public synchronized ManagedProcess start(ProcessSpec spec) {
    String tried = "starting " + spec.name();
    requireOpen(tried);
    for (RunningProcess other : processes) {
      if (other.spec().name().equals(spec.name()) && other.alive()) {
        String text = "a process of that name runs already, pid " + other.pid();
        throw new ToolboxException(tried, text, "close it first", other.log(), null);
      }
    }
    ProcessLog log = beginLog(spec);
    String origin = path + "/" + spec.name() + "#" + ++started;
    try {
      ProcessBuilder builder = new ProcessBuilder(spec.command());
      Map<String, String> environment = builder.environment();
      environment.putAll(spec.environment());
      environment.put(MarkedProcesses.RUN, path.toString());
      environment.put(MarkedProcesses.ORIGIN, origin);
      Process process =
          builder
              .directory(spec.workingDirectory().toFile())
              .redirectErrorStream(true)
              .redirectInput(NOTHING)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.file().toFile()))
              .start();
      RunningProcess running = new RunningProcess(spec, origin, process, log, this::forget);
      processes.add(running);
      return running;
    } catch (IOException e) {
      throw new ToolboxException(tried, ToolboxException.reason(e), "", log.file(), e);
    }
  }

  private ProcessLog beginLog(ProcessSpec spec) {
    Path file = path.resolve(spec.name() + ".log");
    try {
      return ProcessLog.begin(file, spec.command());
    } catch (IOException e) {
      String text = "its log " + file + " cannot be written: " + ToolboxException.reason(e);
      throw new ToolboxException("starting " + spec.name(), text, "", path, e);
    }
  }

  @Override
  public synchronized void keep() {
    requireOpen("keeping the run " + name);
    root.keep(name, folder());
    kept = true;
  }

  @Override
  public synchronized void close() {
    if (state != State.OPEN) {
      return;
    }
    if (!kept) {
      delete();
      return;
    }
    state = State.LET_GO;
    JvmExit.remove(atJvmExit);
    try {
      lock.close();
    } catch (IOException e) {
      throw new ToolboxException("letting go of " + path, ToolboxException.reason(e), "", path, e);
    }
  }

  @Override
  public synchronized void delete() {
    if (state == State.DELETED) {
      return;
    }
    requireOpen("deleting " + path);
    ProcessFamily family = ProcessFamily.marked(MarkedProcesses.RUN, path.toString());
    processes.forEach(process -> family.and(process.descendants()));
    for (int i = processes.size() - 1; i >= 0; i--) {
      processes.get(i).endMain();
    }
    processes.clear();
    family.end("the processes of " + path, STRAY_GRACE);
    state = State.DELETED;
    JvmExit.remove(atJvmExit);
    try (lock) {
      root.remove(folder(), lock);
    } catch (IOException e) {
      throw new ToolboxException("deleting " + path, ToolboxException.reason(e), "", path, e);
    }
  }

  private synchronized void forget(RunningProcess process) {
    processes.remove(process);
  }

  private String folder() {
    return path.getFileName().toString();
  }

  private void requireOpen(String tried) {
    if (state != State.OPEN) {
      String text = path + " is closed";
      String toDo = state == State.LET_GO ? "find it by its name, " + name : "";
      throw new ToolboxException(tried, text, toDo, null, null);
    }
  }
}
