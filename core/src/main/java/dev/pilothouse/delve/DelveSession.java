package dev.pilothouse.delve;

import dev.pilothouse.delve.ide.IdeAttachment;
import dev.pilothouse.source.CommonChange;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A debugger's session with a program that runs under Delve, as istiod. Several sessions and IDEs
 * may share one Delve.
 *
 * <pre>{@code
 * try (DelveSession debug = DelveAttacher.create(toolbox).attach(istiod)) {
 *   Breakpoint stop = debug.breakAt(BreakpointSpec.function("route.BuildDefaultHTTPOutboundRoute"));
 *   cluster.apply(rule);
 *   Hit hit = stop.await(Duration.ofSeconds(10));
 *   GoValue retries = debug.scope(hit).eval("mesh.DefaultHttpRetryPolicy");
 *   debug.resume();
 * }
 * }</pre>
 *
 * <p>Delve answers while the program is stopped only. So what reads or changes something stops a
 * running program for as long as that takes (milliseconds), and lets it go on. Whoever needs more
 * than one answer of the same moment stops it first, by a breakpoint or {@link #halt()}.
 *
 * <p><b>No frozen istiod.</b> {@link #close()} takes out our breakpoints and lets the program go
 * on, in whatever state it is; so does a failing test through try-with-resources, an interrupt
 * (closing is not interrupted), and the JVM's exit. After SIGKILL of this JVM nothing can be done
 * until somebody attaches again: that session finds what was left by its names, takes it out and
 * lets the program go on. When the connection breaks, the session connects once more by itself to
 * do the same. A program that an IDE has stopped stays stopped: that is for the IDE to end.
 *
 * <p>Safe for use by several threads; one of them at a time talks to Delve.
 *
 * <p>Held against Delve 1.27.2 and Go 1.26.
 */
public interface DelveSession extends AutoCloseable {
  /**
   * The versions of Delve and of the Go that compiled the program.
   *
   * @return the versions
   */
  DelveVersion version();

  /**
   * What the program does now. Does not stop it.
   *
   * @return the state
   */
  DebugState state();

  /**
   * Sets a breakpoint.
   *
   * @param spec where, and when
   * @return the breakpoint; the caller or the session closes it
   * @throws DelveException of kind NOT_FOUND when there is no such place, with the nearest names;
   *     TAKEN when somebody else has a breakpoint there; EXPRESSION when the condition is wrong
   */
  Breakpoint breakAt(BreakpointSpec spec);

  /**
   * Sets a tracepoint: every hit is read, and the program goes on.
   *
   * @param spec where, when, and what to read
   * @return the tracepoint; the caller or the session closes it
   * @throws DelveException as {@link #breakAt}
   */
  Tracepoint trace(BreakpointSpec spec);

  /**
   * Begins an assertion on a function.
   *
   * @param function its name, or an end of it that is unique, as {@code
   *     …/route.BuildDefaultHTTPOutboundRoute}
   * @return what counts the function's calls while something happens
   */
  CallProbe on(String function);

  /**
   * Begins an assertion on a place with conditions, or on many functions.
   *
   * @param spec where, when, and what to read
   * @return what counts the hits while something happens
   */
  CallProbe on(BreakpointSpec spec);

  /**
   * Begins a search for the functions of istiod that produce a part of what it pushes.
   *
   * @param what which kind of part: the changes that end in a pushed resource (listeners, routes,
   *     clusters, service discovery, a resource type, mutual TLS)
   * @param part a text that is in it: the name of a listener, a route, a cluster or a service, an
   *     address, a type URL, the name of a secret. A part of the name will do
   * @return what finds them while something happens
   * @throws IllegalArgumentException if that kind of change ends in no pushed resource
   */
  ProducerProbe producersOf(CommonChange what, String part);

  /**
   * All breakpoints that Delve holds, whoever's they are.
   *
   * @return the breakpoints, by number; without Delve's own (for panics)
   */
  List<BreakpointInfo> breakpoints();

  /**
   * Stops the program. Does nothing when it is stopped.
   *
   * @return the state
   */
  DebugState halt();

  /** Lets the program go on, whoever stopped it. Does nothing when it runs. */
  void resume();

  /**
   * Goes to the next line of the chosen goroutine, over calls.
   *
   * @param deadline how long it may take
   * @return the state after it; another breakpoint may have come first
   * @throws DelveException of kind RUNNING unless the program is stopped; TIMEOUT on the deadline:
   *     it is stopped then, wherever it is
   */
  DebugState next(Duration deadline);

  /**
   * Goes to the next line, into calls.
   *
   * @param deadline how long it may take
   * @return the state after it
   * @throws DelveException as {@link #next}
   */
  DebugState step(Duration deadline);

  /**
   * Goes on until the function has returned.
   *
   * @param deadline how long it may take
   * @return the state after it
   * @throws DelveException as {@link #next}
   */
  DebugState stepOut(Duration deadline);

  /**
   * Lists goroutines.
   *
   * @param query which
   * @return a page
   */
  GoroutinePage goroutines(GoroutineQuery query);

  /**
   * A goroutine's stack.
   *
   * @param goroutine the goroutine; -1 for the chosen one
   * @param depth how many frames at most
   * @return the frames, innermost first, without variables
   */
  List<StackFrame> stack(long goroutine, int depth);

  /**
   * A goroutine's stack with arguments and local variables.
   *
   * @param goroutine the goroutine; -1 for the chosen one
   * @param depth how many frames at most
   * @param limits how much of each variable is read
   * @return the frames, innermost first
   */
  List<StackFrame> stack(long goroutine, int depth, LoadLimits limits);

  /**
   * The innermost frame of the goroutine that is chosen: the one that reached the breakpoint.
   *
   * @return where to evaluate
   */
  Scope scope();

  /**
   * A frame.
   *
   * @param goroutine the goroutine; -1 for the chosen one
   * @param frame the frame, from 0 for the innermost
   * @return where to evaluate
   */
  Scope scope(long goroutine, int frame);

  /**
   * The frame that reached a breakpoint.
   *
   * @param hit a hit at which the program is still stopped
   * @return where to evaluate
   */
  default Scope scope(Hit hit) {
    return scope(hit.goroutine(), 0);
  }

  /**
   * What the binary holds: functions, files, types, package variables, instructions.
   *
   * @return the program
   */
  Program program();

  /**
   * Writes a core dump. The program is stopped while it is written.
   *
   * @param file where, on the machine on which Delve runs; it must not exist
   * @param deadline how long it may take; on the deadline it is given up
   */
  void dumpCore(Path file, Duration deadline);

  /**
   * How an IDE attaches beside this session.
   *
   * @return the address, and the configurations to write
   */
  IdeAttachment ide();

  /**
   * Connects again after the program was restarted or replaced by another build, or the connection
   * was lost, and sets all breakpoints and tracepoints that are open again, by the same
   * specifications. (Watchpoints belong to the memory of the old process and are not.) Hits of
   * breakpoints that nobody has awaited by then are forgotten.
   *
   * <p>What has no place in the new build, as a function that was renamed, is told by an exception
   * when all others are set; it is tried again at the next {@code reconnect}, unless it is closed.
   *
   * @param deadline how long to wait until Delve listens
   * @throws DelveException if nobody listens in time; of kind NOT_FOUND if a place is no more, and
   *     the session goes on
   */
  void reconnect(Duration deadline);

  /**
   * Ends the session: takes out our breakpoints, lets the program go on unless an IDE has stopped
   * it, and ends a Delve that was started for it. Does nothing the second time. Problems are
   * logged, not thrown: the program may be gone.
   */
  @Override
  void close();
}
