package dev.pilothouse.delve;

import static dev.pilothouse.delve.DelveSessionTest.failsWith;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pilothouse.delve.DelveException.Kind;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever happens to a session, the program runs afterwards, and others keep what is theirs. */
class DelveClosingTest {
  private static final Duration SOON = Duration.ofSeconds(20);
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
      failsWith(
          Kind.TIMEOUT,
          () -> ours.await(Duration.ofSeconds(1)),
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

  private Link raw() throws Exception {
    return Link.open(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), program.delvePort()),
        SOON,
        DelveOptions.usual());
  }
}
