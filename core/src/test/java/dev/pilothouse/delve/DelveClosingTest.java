package dev.pilothouse.delve;

import static dev.pilothouse.delve.DelveSessionTest.failsWith;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pilothouse.delve.DelveException.Kind;
import dev.pilothouse.internal.Poll;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever happens to a session, the program runs afterwards, and others keep what is theirs. */
class DelveClosingTest {
  private static final Duration SOON = Duration.ofMinutes(1);
  private static final BreakpointSpec BUILD = BreakpointSpec.function("main.buildRoute");
  private static final BreakpointSpec ADD = BreakpointSpec.function("main.add");

  private Debuggee program;

  @BeforeEach
  void start() {
    program = Debuggee.underDelve();
  }

  @AfterEach
  void stop() {
    program.close();
  }

  private void assertRuns() {
    assertThat(program.get("/add?a=1&b=2")).succeedsWithin(SOON).isEqualTo("3");
    assertThat(program.get("/route?name=x&port=1")).succeedsWithin(SOON).isEqualTo("x:1");
  }

  @Test
  void closedAtABreakpointHaltedInterruptedOrTwice() {
    CompletableFuture<String> reply;
    try (DelveSession debug = program.attach()) {
      Breakpoint stop = debug.breakAt(BUILD);
      reply = program.get("/route?name=x&port=1");
      stop.await(SOON);
    }
    assertThat(reply).succeedsWithin(SOON);
    assertRuns();
    DelveSession halted = program.attach();
    halted.halt();
    Thread.currentThread().interrupt();
    halted.close();
    assertThat(Thread.interrupted()).isTrue();
    halted.close();
    assertRuns();
    failsWith(Kind.CLOSED, () -> halted.breakAt(BUILD), "the session is closed");
  }

  @SuppressWarnings("try") // Closed before its end, which is the point.
  @Test
  void twoSessionsShareOneProgram() {
    try (DelveSession one = program.attach();
        DelveSession two = program.attach()) {
      Tracepoint builds = one.trace(BUILD);
      Tracepoint adds = two.trace(ADD);
      failsWith(
          Kind.TAKEN,
          () -> two.breakAt(BUILD),
          "another session of Pilothouse has a breakpoint there");
      failsWith(Kind.TAKEN, () -> one.trace(BUILD), "this session has a breakpoint there");
      assertRuns();
      assertRuns();
      assertThat(builds.count() + adds.count()).isPositive();
      assertThat(two.breakpoints())
          .extracting(BreakpointInfo::owner)
          .containsExactlyInAnyOrder(BreakpointInfo.Owner.OURS, BreakpointInfo.Owner.PILOTHOUSE);
      one.close();
      assertThat(two.breakpoints())
          .extracting(BreakpointInfo::owner)
          .containsExactly(BreakpointInfo.Owner.OURS);
      assertRuns();
    }
    assertRuns();
  }

  @SuppressWarnings("try") // Closed before its end, which is the point.
  @Test
  void anotherClientKeepsItsBreakpointAndItsPause() throws Exception {
    try (Link ide = raw();
        DelveSession debug = program.attach()) {
      debug.halt();
      ObjectNode theirs = Requests.none().put("name", "theirs").put("functionName", "main.add");
      Link.await("", ide.send("CreateBreakpoint", Requests.with("Breakpoint", theirs)), SOON);
      debug.resume();
      failsWith(
          Kind.TAKEN,
          () -> debug.breakAt(ADD),
          "an IDE, or another client, has a breakpoint there already",
          "name another line");
      CompletableFuture<String> reply = program.get("/add?a=1&b=2");
      Breakpoint ours = debug.breakAt(BUILD);
      Poll.require(
          "their breakpoint stops the program",
          SOON,
          () ->
              debug.state().status() == DebugState.Status.STOPPED_BY_OTHERS
                  ? Optional.of(true)
                  : Optional.empty());
      failsWith(
          Kind.TIMEOUT,
          () -> ours.await(Duration.ZERO),
          "another client, as an IDE, has stopped the program at main.add");
      debug.close();
      assertThat(reply).as("it is theirs to let it go on").isNotDone();
      Link.await("", ide.send("ClearBreakpoint", Requests.with("Name", "theirs")), SOON);
      var unused = ide.send("Command", Requests.command("continue"));
      assertThat(reply).succeedsWithin(SOON);
      assertRuns();
    }
  }

  @Test
  void whatAKilledSessionLeftIsTakenOut() throws Exception {
    Owner mine = Owner.open();
    mine.close();
    try (Link dead = raw()) {
      Link.await("", dead.halt(), SOON);
      ObjectNode left = Requests.none().put("name", mine.name(7)).put("functionName", "main.add");
      Link.await("", dead.send("CreateBreakpoint", Requests.with("Breakpoint", left)), SOON);
    }
    CompletableFuture<String> reply = program.get("/add?a=1&b=2");
    assertThat(reply).isNotDone();
    try (DelveSession next = program.attach()) {
      assertThat(reply).succeedsWithin(SOON);
      assertThat(next.breakpoints()).isEmpty();
    }
    assertRuns();
  }

  /** Both may have reason to leave it to the other one: to stop it, and a hit. */
  @Test
  void whoGoesWhileTheProgramIsAtATracepointOfAnotherSessionLeavesItRunning() {
    try (DelveSession tracing = program.attach();
        Tracepoint ticks = tracing.trace(BreakpointSpec.function("main.tick"))) {
      for (int i = 0; i < 40; i++) {
        program.attach().close();
        assertThat(program.get("/add?a=1&b=2")).succeedsWithin(SOON).isEqualTo("3");
      }
      assertThat(ticks.await(1, SOON)).isNotEmpty();
    }
    assertRuns();
  }

  @Test
  void aConnectionThatIsCutLeavesTheProgramRunning() {
    try (Relay relay = new Relay(program.delvePort());
        DelveSession debug =
            DelveAttacher.create(Debuggee.TOOLBOX).attach(relay.endpoint(), DelveOptions.usual())) {
      Breakpoint stop = debug.breakAt(BUILD);
      CompletableFuture<String> reply = program.get("/route?name=x&port=1");
      stop.await(SOON);
      relay.cut();
      assertThat(reply).as("the session has come once more").succeedsWithin(SOON);
      failsWith(Kind.CONNECTION, () -> stop.await(SOON), "reconnect");
      failsWith(Kind.CONNECTION, debug::state);

      debug.reconnect(SOON);
      CompletableFuture<String> again = program.get("/route?name=y&port=1");
      assertThat(stop.await(SOON).argument("opts").field("Name").text()).isEqualTo("y");
      debug.resume();
      assertThat(again).succeedsWithin(SOON);
    }
    assertRuns();
  }

  /** As when it is asked in the moment in which it lets the program go on. */
  @Test
  void aQuestionForTheStateThatDelveDoesNotAnswerIsAskedAgain() {
    try (Relay relay = new Relay(program.delvePort());
        DelveSession debug =
            DelveAttacher.create(Debuggee.TOOLBOX).attach(relay.endpoint(), DelveOptions.usual())) {
      relay.swallowNext("RPCServer.State");
      assertThat(debug.state().running()).isTrue();
      assertThat(relay.hasSwallowed()).isTrue();
    }
    assertRuns();
  }

  @Test
  void aCallThatNobodyWaitsForDoesNotStopTheProgramWhenItReturns() {
    CompletableFuture<String> first;
    try (DelveSession debug = program.attach()) {
      Breakpoint stop = debug.breakAt(BUILD);
      first = program.get("/route?name=x&port=1");
      Hit hit = stop.await(SOON);
      failsWith(
          Kind.TIMEOUT,
          () -> debug.scope(hit).call("nap(5000)", Duration.ofMillis(50)),
          "it goes on when the program does");
      stop.close();
      debug.resume();
      assertThat(first).as("the call returned, and the function went on").succeedsWithin(SOON);
      assertThat(debug.state().running()).isTrue();
    }
    assertRuns();
    CompletableFuture<String> second;
    try (DelveSession debug = program.attach()) {
      Breakpoint stop = debug.breakAt(BUILD);
      second = program.get("/route?name=x&port=1");
      Hit hit = stop.await(SOON);
      failsWith(
          Kind.TIMEOUT, () -> debug.scope(hit).call("nap(5000)", Duration.ofMillis(50)), "50 ms");
    }
    assertThat(second).as("closing has waited for it").succeedsWithin(SOON);
    assertRuns();
  }

  @Test
  void aConnectionThatIsCutInTheMiddleOfACallLeavesTheProgramRunning() {
    try (Relay relay = new Relay(program.delvePort());
        DelveSession debug =
            DelveAttacher.create(Debuggee.TOOLBOX).attach(relay.endpoint(), DelveOptions.usual())) {
      Breakpoint stop = debug.breakAt(BUILD);
      CompletableFuture<String> reply = program.get("/route?name=x&port=1");
      Hit hit = stop.await(SOON);
      CompletableFuture<Object> call =
          CompletableFuture.supplyAsync(() -> debug.scope(hit).call("nap(10000)", SOON));
      assertThat(program.get("/add?a=1&b=2")).as("others run meanwhile").succeedsWithin(SOON);
      relay.cut();
      assertThat(call).failsWithin(SOON);
      assertThat(reply).as("the session has come once more").succeedsWithin(SOON);
      debug.reconnect(SOON);
      assertRuns(debug, stop);
    }
    assertRuns();
  }

  /** As when an edit takes a function out of the next build, and another edit brings it back. */
  @Test
  void whatHasNoPlaceInTheNextProgramWaitsForOneThatHas() {
    Path stripped = Debuggee.binary(Debuggee.Flavour.STRIPPED); // Add is inlined there.
    try (Debuggee other = Debuggee.underDelve(stripped);
        Relay relay = new Relay(program.delvePort());
        DelveSession debug =
            DelveAttacher.create(Debuggee.TOOLBOX).attach(relay.endpoint(), DelveOptions.usual());
        Breakpoint stop = debug.breakAt(BUILD);
        Tracepoint trace = debug.trace(ADD)) {
      debug.halt();
      Breakpoint watch = debug.scope().watch("main.Ticks", WatchOn.WRITE);
      debug.resume();
      watch.await(SOON);
      relay.turnTo(other.delvePort());

      failsWith(
          Kind.NOT_FOUND,
          () -> debug.reconnect(SOON),
          "main.add",
          "what else was set is set again");
      failsWith(Kind.NOT_FOUND, () -> trace.await(1, SOON), "main.add");
      failsWith(Kind.NOT_FOUND, () -> watch.await(SOON), "the memory of the program before");
      assertThat(debug.state().running()).as("the session goes on").isTrue();
      assertThat(debug.breakpoints()).as("the other one is there").hasSize(1);

      relay.turnTo(program.delvePort());
      debug.reconnect(SOON);
      watch.close(); // It has no number any more that another one may have now.
      assertThat(program.get("/add?a=1&b=2")).succeedsWithin(SOON).isEqualTo("3");
      assertThat(trace.await(1, SOON)).hasSize(1);
      assertRuns(debug, stop);
    }
    assertRuns();
  }

  private void assertRuns(DelveSession debug, Breakpoint stop) {
    CompletableFuture<String> again = program.get("/route?name=y&port=1");
    stop.await(SOON);
    debug.resume();
    assertThat(again).succeedsWithin(SOON);
  }

  @Test
  void closingEndsAStepThatDoesNotEnd() {
    CompletableFuture<String> reply;
    CompletableFuture<String> step;
    try (DelveSession debug = program.attach()) {
      Breakpoint stop = debug.breakAt(BreakpointSpec.function("main.nap"));
      reply = program.get("/nap?ms=3000");
      stop.await(SOON);
      debug.next(SOON);
      step = CompletableFuture.supplyAsync(() -> debug.next(SOON)).handle((at, e) -> "over");
      assertRuns(); // Others run while it steps over the nap.
    }
    assertThat(step).succeedsWithin(SOON);
    assertThat(reply).succeedsWithin(SOON);
    assertRuns();
  }

  private Link raw() throws Exception {
    return Link.open(
        Peer.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), program.delvePort())),
        SOON,
        DelveOptions.usual());
  }
}
