package dev.pilothouse.delve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pilothouse.delve.DelveException.Kind;
import dev.pilothouse.delve.ide.IdeAttachment;
import dev.pilothouse.internal.TimeLeft;
import dev.pilothouse.source.CommonChange;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A session with a Delve that lives. */
final class LiveSession implements DelveSession {
  private static final Pattern VERSION = Pattern.compile("Version: (\\S+)");
  private static final int DUMP_LOOK_MILLIS = 100;

  private final Connection connection;
  private final RunControl control;
  private final Steps steps;
  private final Setter setter;
  private final Waits waits;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Thread atJvmExit;

  LiveSession(Connection connection) {
    this.connection = connection;
    this.control = connection.control();
    this.steps = new Steps(control, connection.options().callPatience());
    this.setter = new Setter(connection);
    this.waits = new Waits(control, this::whatItDoes);
    this.atJvmExit = new Thread(this::end, "pilothouse-delve-exit");
    Runtime.getRuntime().addShutdownHook(atJvmExit);
  }

  Steps steps() {
    return steps;
  }

  Waits waits() {
    return waits;
  }

  Reading reading() {
    return connection.reading();
  }

  JsonNode ask(String tried, String method, ObjectNode argument) {
    return control.whileStopped(tried, () -> control.ask(tried, method, argument));
  }

  List<JsonNode> locate(String tried, BreakpointSpec.Place place) {
    return setter.locate(tried, place);
  }

  @Override
  public DelveVersion version() {
    JsonNode version = ask("asking for the version", "GetVersion", Requests.none());
    String delve = version.path("DelveVersion").asText("");
    String go = version.path("TargetGoVersion").asText("");
    Matcher number = VERSION.matcher(delve);
    return new DelveVersion(
        number.find() ? String.valueOf(number.group(1)) : delve,
        go.substring(go.lastIndexOf(' ') + 1),
        version.path("MinSupportedVersionOfGo").asText(""),
        version.path("MaxSupportedVersionOfGo").asText(""));
  }

  @Override
  public DebugState state() {
    String tried = "asking for the state";
    try {
      DelveException why = control.ended();
      if (why != null) {
        throw RunControl.again(tried, why);
      }
      Stop stop = control.link().stateNow(tried);
      Runs.Standing standing = control.standing();
      if (stop.running() || standing == Runs.Standing.RUNNING) {
        return without(DebugState.Status.RUNNING, 0);
      }
      return reading().state(stop, standing == Runs.Standing.STOPPED_BY_OTHERS);
    } catch (DelveException e) {
      if (e.kind() == Kind.EXITED) {
        return without(DebugState.Status.EXITED, exitStatus(e));
      }
      throw e;
    }
  }

  @Override
  public Breakpoint breakAt(BreakpointSpec spec) {
    OwnBreakpoint own = new OwnBreakpoint(Optional.of(spec), false);
    setter.set(own, spec);
    return new LiveBreakpoint(this, own);
  }

  @Override
  public Tracepoint trace(BreakpointSpec spec) {
    OwnBreakpoint own = new OwnBreakpoint(Optional.of(spec), true);
    setter.set(own, spec);
    return new LiveTracepoint(this, spec, own);
  }

  Breakpoint watch(String tried, ObjectNode request) {
    OwnBreakpoint own = new OwnBreakpoint(Optional.empty(), false);
    setter.watch(tried, own, request);
    return new LiveBreakpoint(this, own);
  }

  void takeOut(OwnBreakpoint own) {
    setter.takeOut(own);
  }

  /** Waits until all hits so far can be read. */
  void settled() {
    connection.awaitHelper();
  }

  @Override
  public CallProbe on(String function) {
    return on(BreakpointSpec.function(function));
  }

  @Override
  public CallProbe on(BreakpointSpec spec) {
    return new LiveCallProbe(this, spec);
  }

  @Override
  public ProducerProbe producersOf(CommonChange what, String part) {
    return new LiveProducerProbe(this, part, ProducerCandidates.of(what));
  }

  @Override
  public List<BreakpointInfo> breakpoints() {
    return setter.all();
  }

  @Override
  public DebugState halt() {
    control.halt("halting the program");
    return state();
  }

  @Override
  public void resume() {
    control.resume("letting the program go on");
  }

  @Override
  public DebugState next(Duration deadline) {
    return command("next", deadline);
  }

  @Override
  public DebugState step(Duration deadline) {
    return command("step", deadline);
  }

  @Override
  public DebugState stepOut(Duration deadline) {
    return command("stepOut", deadline);
  }

  private DebugState command(String name, Duration deadline) {
    return reading().state(steps.run(name, Requests.command(name), deadline), false);
  }

  @Override
  public GoroutinePage goroutines(GoroutineQuery query) {
    JsonNode page = ask("listing goroutines", "ListGoroutines", Requests.goroutines(query));
    return new GoroutinePage(
        Reading.list(page.path("Goroutines"), reading()::goroutine), page.path("Nextg").asInt(-1));
  }

  @Override
  public List<StackFrame> stack(long goroutine, int depth) {
    return stack(goroutine, depth, Optional.empty());
  }

  @Override
  public List<StackFrame> stack(long goroutine, int depth, LoadLimits limits) {
    return stack(goroutine, depth, Optional.of(limits));
  }

  private List<StackFrame> stack(long goroutine, int depth, Optional<LoadLimits> limits) {
    ObjectNode request = Requests.none().put("Id", goroutine).put("Depth", depth);
    limits.ifPresent(some -> request.put("Full", true).set("Cfg", Requests.limits(some)));
    JsonNode stack = ask("reading the stack of goroutine " + goroutine, "Stacktrace", request);
    return reading().frames(stack.path("Locations"));
  }

  @Override
  public Scope scope() {
    return scope(-1, 0);
  }

  @Override
  public Scope scope(long goroutine, int frame) {
    return new LiveScope(this, goroutine, frame);
  }

  @Override
  public Program program() {
    return new LiveProgram(this);
  }

  @Override
  public void dumpCore(Path file, Duration deadline) {
    String tried = "writing a core dump to " + file;
    control.whileStopped(
        tried,
        () -> {
          control.link().dumping(true);
          try {
            return dump(tried, file, System.nanoTime() + deadline.toNanos());
          } finally {
            control.link().dumping(false);
          }
        });
  }

  private JsonNode dump(String tried, Path file, long end) {
    JsonNode dump = control.ask(tried, "DumpStart", Requests.with("Destination", file.toString()));
    boolean late = false;
    // Also after it was given up: until it has ended, Delve may not be asked for the state.
    while (dump.path("State").path("Dumping").asBoolean()) {
      if (!late && TimeLeft.until(end).isZero()) {
        late = true;
        control.ask(tried, "DumpCancel", Requests.none());
      }
      ObjectNode wait = Requests.none().put("Wait", DUMP_LOOK_MILLIS);
      dump = control.ask(tried, "DumpWait", wait);
    }
    if (late) {
      throw new DelveException(
          Kind.TIMEOUT, tried, "it takes longer than allowed", "allow it more time", null);
    }
    String error = dump.path("State").path("Err").asText("");
    if (!error.isEmpty()) {
      throw new DelveException(Kind.REFUSED, tried, error, "", null);
    }
    return dump;
  }

  @Override
  public IdeAttachment ide() {
    return connection.ide();
  }

  @Override
  public void reconnect(Duration deadline) {
    if (closed.get()) {
      throw new DelveException(
          Kind.CLOSED, "connecting to Delve again", "the session is closed", "", null);
    }
    connection.again(deadline, setter);
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

  private void end() {
    if (closed.compareAndSet(false, true)) {
      connection.close();
    }
  }

  private static DebugState without(DebugState.Status status, int exitStatus) {
    return new DebugState(status, 0, "", 0, Optional.empty(), exitStatus);
  }

  private static int exitStatus(DelveException e) {
    Matcher status = Pattern.compile("status (-?\\d+)").matcher(String.valueOf(e.getMessage()));
    return status.find() ? Integer.parseInt(String.valueOf(status.group(1))) : 0;
  }

  private String whatItDoes() {
    Stop stop = control.runs().last();
    if (stop == null) {
      return "the program runs";
    }
    DebugState state = reading().state(stop, control.standing() == Runs.Standing.STOPPED_BY_OTHERS);
    return switch (state.status()) {
      case STOPPED_BY_OTHERS ->
          "another client, as an IDE, has stopped the program"
              + state.location().map(at -> " at " + at).orElse("");
      default ->
          "the program is stopped ("
              + state.reason()
              + ")"
              + state.location().map(at -> " at " + at).orElse("");
    };
  }

  @Override
  public String toString() {
    return "DelveSession[" + connection.address() + "]";
  }
}
