package dev.pilothouse.delve;

import static dev.pilothouse.delve.DelveSessionTest.failsWith;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pilothouse.delve.DelveException.Kind;
import dev.pilothouse.delve.paths.PathMapping;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.istiod.DebugEndpoint;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DelveFaultsTest {
  private static final Duration SOON = Duration.ofMinutes(1);
  private static final BreakpointSpec BUILD = BreakpointSpec.function("main.buildRoute");
  private static final DelveOptions IMPATIENT =
      DelveOptions.usual()
          .withConnectPatience(Duration.ofMillis(500))
          .withCallPatience(Duration.ofMillis(500));

  @Test
  void aPeerThatIsNoDelveIsTold() {
    fails(BrokenPeer.saying("HTTP/1.1 400 Bad Request\r\n\r\n"), Kind.PROTOCOL, "HTTP/1.1 400");
    fails(BrokenPeer.saying("{\"id\":77,\"result\":{},\"error\":null}"), Kind.PROTOCOL, "id 77");
    fails(BrokenPeer.saying("[1, 2]"), Kind.PROTOCOL, "no JSON-RPC");
    fails(BrokenPeer.saying("{\"id\":1,\"result\":{\"a\":}}"), Kind.PROTOCOL, "no JSON-RPC");
    fails(
        BrokenPeer.saying("{\"id\":1,\"error\":\"no such service\"}"),
        Kind.REFUSED,
        "no such service");
    fails(BrokenPeer.saying("[".repeat(100_000)), Kind.PROTOCOL);
    fails(BrokenPeer.saying("{\"id\":1,\"result\":" + "{\"a\":".repeat(50_000)), Kind.PROTOCOL);
  }

  @Test
  void halfAMessageAndSilenceEndInTime() {
    fails(BrokenPeer.saying("{\"id\":1,\"resu"), Kind.TIMEOUT, "within 500 ms");
    fails(BrokenPeer.saying(""), Kind.TIMEOUT, "within 500 ms");
    fails(
        new BrokenPeer(
            out -> {
              out.write('{');
              throw new IOException("enough");
            }),
        Kind.TIMEOUT);
  }

  @Test
  void aHundredMegabytesAreNotTaken() {
    try (BrokenPeer peer = new BrokenPeer(DelveFaultsTest::flood)) {
      failsWith(
          Kind.PROTOCOL,
          () -> attach(peer.endpoint(), DelveOptions.usual()),
          "longer than 67108864 bytes");
    }
  }

  private static void flood(OutputStream out) throws IOException {
    out.write("{\"id\":1,\"result\":{\"x\":\"".getBytes(StandardCharsets.UTF_8));
    byte[] megabyte = "y".repeat(1 << 20).getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < 100; i++) {
      out.write(megabyte);
    }
  }

  @Test
  void whereNobodyListensIsTold() {
    failsWith(
        Kind.CONNECTION,
        () -> attach(new DebugEndpoint.Delve("127.0.0.1", 1), IMPATIENT),
        "nobody listens there within 500 ms",
        "dlv --headless");
  }

  @Test
  void aDelveForOneClientIsTold() {
    try (Debuggee program = Debuggee.alone()) {
      failsWith(
          Kind.ATTACH,
          () -> attach(new DebugEndpoint.Pid(999_999_999), IMPATIENT),
          "there is no such process");
      try (DelveSession first = attach(pid(program), DelveOptions.usual())) {
        // The kernel has one tracer a process.
        failsWith(
            Kind.ATTACH,
            () -> attach(new DebugEndpoint.Pid(program.process().pid()), DelveOptions.usual()),
            "owned by this JVM");
        assertThat(first.state().running()).isTrue();
      }
      assertThat(program.get("/add?a=1&b=2")).succeedsWithin(SOON).isEqualTo("3");
    }
  }

  @Test
  void attachesToARunningProcessAndLeavesItRunning() {
    try (Debuggee program = Debuggee.alone()) {
      for (int i = 0; i < 2; i++) {
        try (DelveSession debug = attach(pid(program), DelveOptions.usual())) {
          Breakpoint stop = debug.breakAt(BUILD);
          CompletableFuture<String> reply = program.get("/route?name=x&port=1");
          stop.await(SOON);
          assertThat(reply).isNotDone();
        }
        // Closed at a breakpoint; and no trap is left in its code.
        assertThat(program.get("/route?name=x&port=2")).succeedsWithin(SOON).isEqualTo("x:2");
        assertThat(program.process().alive()).isTrue();
      }
    }
  }

  @Test
  void aStrippedProgramRunsAndHasNoVariables() {
    try (Debuggee program = Debuggee.underDelve(Debuggee.binary(Debuggee.Flavour.STRIPPED));
        DelveSession debug = program.attach()) {
      assertThat(debug.program().functions("^main\\.main$")).containsExactly("main.main");
      failsWith(Kind.EXPRESSION, () -> debug.scope().eval("main.Ticks"), "main.Ticks");
      failsWith(
          Kind.NOT_FOUND,
          () -> debug.trace(BreakpointSpec.function("net/http.(*conn).serve")),
          "it has no debug information",
          "CompileOptions.debug()");
      assertThat(program.get("/add?a=1&b=2")).succeedsWithin(SOON).isEqualTo("3");
    }
  }

  @Test
  void aTrimmedProgramKnowsTheUsersFiles() throws IOException {
    Path binary = Debuggee.binary(Debuggee.Flavour.TRIMMED);
    Path tree = requireNonNull(Debuggee.source().getParent());
    try (Debuggee program = Debuggee.underDelve(binary);
        DelveSession debug =
            program.attach(
                DelveOptions.usual().withPaths(PathMapping.of(tree, "example.com/debuggee")))) {
      int line = 1 + Files.readAllLines(Debuggee.source()).indexOf("\tn := len(local)");
      Breakpoint stop = debug.breakAt(BreakpointSpec.line(Debuggee.source(), line));
      CompletableFuture<String> reply = program.get("/route?name=x&port=1");
      assertThat(stop.await(SOON).location().file()).isEqualTo(Debuggee.source().toString());
      debug.resume();
      assertThat(reply).succeedsWithin(SOON);
    }
  }

  @Test
  void aDelveThatIsTooOldForTheGoIsAskedAllTheSame(@TempDir Path folder) throws IOException {
    // A Go of the future, as the debug information tells it.
    byte[] program = Files.readAllBytes(Debuggee.binary(Debuggee.Flavour.PLAIN_DWARF));
    String text = new String(program, StandardCharsets.ISO_8859_1);
    String future = text.replaceAll("Go cmd/compile go1\\.\\d\\d", "Go cmd/compile go1.99");
    Path binary = folder.resolve("future");
    Files.write(binary, future.getBytes(StandardCharsets.ISO_8859_1));
    assertThat(binary.toFile().setExecutable(true)).isTrue();
    try (Debuggee debuggee = Debuggee.underDelve(binary);
        DelveSession debug = debuggee.attach()) {
      assertThat(debug.version().goVersion()).startsWith("go1.99");
      Breakpoint stop = debug.breakAt(BUILD);
      CompletableFuture<String> reply = debuggee.get("/route?name=x&port=1");
      assertThat(stop.await(SOON).argument("depth").number()).isEqualTo(2);
      debug.resume();
      assertThat(reply).succeedsWithin(SOON);
    }
  }

  @Test
  void theProgramMayExitOrDieOrPanic() {
    Debuggee.with(
        program -> {
          try (DelveSession debug = program.attach()) {
            Breakpoint stop = debug.breakAt(BUILD);
            var unused = program.get("/exit?code=3");
            failsWith(Kind.EXITED, () -> stop.await(SOON), "exited with status 3");
            assertThat(debug.state().status()).isEqualTo(DebugState.Status.EXITED);
            assertThat(debug.state().exitStatus()).isEqualTo(3);
            failsWith(Kind.EXITED, () -> debug.breakAt(BUILD), "exited with status 3");
          }
        });
    Debuggee.with(
        program -> {
          try (DelveSession debug = program.attach()) {
            Breakpoint stop = debug.breakAt(BUILD);
            var unused = program.get("/route?name=x&port=1");
            stop.await(SOON);
            ProcessHandle.of(debug.state().pid()).orElseThrow().destroyForcibly();
            failsWith(
                Kind.EXITED,
                () -> {
                  debug.resume();
                  stop.await(SOON);
                });
          }
        });
    Debuggee.with(
        program -> {
          try (DelveSession debug = program.attach()) {
            Breakpoint stop = debug.breakAt(BUILD);
            var unused = program.get("/panic");
            failsWith(Kind.EXITED, () -> stop.await(SOON), "the program panics");
            assertThat(debug.stack(-1, 20).toString()).contains("main.main.func");
          }
        });
  }

  @Test
  void everyWaitEndsInTimeAndByAnInterrupt() throws InterruptedException {
    try (Debuggee program = Debuggee.underDelve();
        DelveSession debug = program.attach()) {
      Breakpoint never = debug.breakAt(BUILD);
      Tracepoint trace = debug.trace(BreakpointSpec.function("main.add"));
      Duration soon = Duration.ofMillis(50);
      failsWith(Kind.TIMEOUT, () -> never.await(soon), "not reached within 50 ms", "runs");
      failsWith(
          Kind.TIMEOUT,
          () -> trace.await(1, soon),
          "0 of 1 hits have come; it was reached 0 times");
      assertThat(trace.next(soon)).isEmpty();
      for (ThrowingCallable wait :
          List.<ThrowingCallable>of(
              () -> never.await(SOON),
              () -> trace.await(1, SOON),
              () -> trace.next(SOON),
              debug::version,
              debug::halt,
              debug::resume,
              () -> debug.next(SOON),
              () -> debug.goroutines(GoroutineQuery.all()),
              () -> debug.stack(-1, 3),
              () -> debug.scope().eval("1"),
              () -> debug.breakAt(BUILD),
              () -> debug.trace(BUILD),
              debug::breakpoints,
              () -> debug.program().functions("x"),
              () -> debug.reconnect(SOON))) {
        interrupted(wait);
      }
      assertThat(program.get("/add?a=1&b=2")).as("it goes on").succeedsWithin(SOON);
      // A step that cannot end is ended.
      CompletableFuture<String> reply = program.get("/route?name=x&port=1");
      never.await(SOON);
      failsWith(Kind.TIMEOUT, () -> debug.scope().call("nap(5000)", soon), "not end within 50 ms");
      debug.resume();
      assertThat(reply).isNotNull();
    }
  }

  private static void interrupted(ThrowingCallable wait) throws InterruptedException {
    CompletableFuture<Throwable> outcome = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              Thread.currentThread().interrupt();
              try {
                wait.call();
                outcome.complete(new AssertionError("it was not interrupted"));
              } catch (Throwable e) {
                outcome.complete(
                    Thread.currentThread().isInterrupted() ? e : new AssertionError("no flag", e));
              }
            });
    thread.start();
    thread.join(SOON.toMillis());
    assertThat(outcome)
        .isCompletedWithValueMatching(
            e ->
                (e instanceof DelveException d && d.kind() == Kind.INTERRUPTED)
                    || (e instanceof PilothouseException
                        && String.valueOf(e.getMessage()).contains("interrupted")));
  }

  private static DebugEndpoint pid(Debuggee program) {
    return new DebugEndpoint.Pid(program.process().pid());
  }

  private static DelveSession attach(DebugEndpoint endpoint, DelveOptions options) {
    return DelveAttacher.create(Debuggee.TOOLBOX).attach(endpoint, options);
  }

  private static void fails(BrokenPeer peer, Kind kind, String... texts) {
    DelveOptions options = kind == Kind.TIMEOUT ? IMPATIENT : DelveOptions.usual();
    try (peer) {
      failsWith(kind, () -> attach(peer.endpoint(), options), texts);
    }
  }
}
