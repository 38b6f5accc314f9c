package dev.pilothouse.delve;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where to stop or to trace, and what to read there. Immutable: each method gives a changed copy.
 *
 * <pre>{@code
 * BreakpointSpec.function("route.BuildDefaultHTTPOutboundRoute").when("len(clusterName) > 20")
 * BreakpointSpec.line(Path.of("pilot/pkg/networking/core/route/route.go"), 512).withStack(10)
 * BreakpointSpec.functions("core/route\\.Build.*Route$").withHitCondition("% 10")
 * }</pre>
 *
 * @param place where
 * @param condition a Go expression that must be true, as Delve evaluates it in the function's
 *     scope; empty for none. What does not parse is refused at once; what names an unknown variable
 *     shows at the first hit
 * @param hitCondition which hits count: {@code > 3}, {@code == 5}, {@code % 10}; empty for all
 * @param goroutine the only goroutine that counts; 0 for all
 * @param arguments how much of the function's arguments is read; empty for the session's limits
 * @param locals how much of its local variables is read; empty for not at all
 * @param stack how many frames of the stack are read
 */
public record BreakpointSpec(
    Place place,
    String condition,
    String hitCondition,
    long goroutine,
    Optional<LoadLimits> arguments,
    Optional<LoadLimits> locals,
    int stack) {

  /** A place in the program, before it is looked up. */
  public sealed interface Place {}

  /**
   * The beginning of a function.
   *
   * @param name its whole name, or an end of it that is unique; {@code …/} before it means the same
   */
  public record Function(String name) implements Place {
    @Override
    public String toString() {
      return name;
    }
  }

  /**
   * The beginnings of functions.
   *
   * @param regex a regular expression (Go's) that is looked for in their whole names
   */
  public record Functions(String regex) implements Place {
    @Override
    public String toString() {
      return "/" + regex + "/";
    }
  }

  /**
   * A line.
   *
   * @param file a file of one's own tree or as the binary names it, or an end of its path that is
   *     unique
   * @param line the line, from 1
   */
  public record Line(String file, int line) implements Place {
    @Override
    public String toString() {
      return file + ":" + line;
    }
  }

  /**
   * Where functions return: at all their return instructions. The hits have {@link Hit#results()}.
   *
   * @param regex a regular expression (Go's) that is looked for in their whole names
   */
  public record Returns(String regex) implements Place {
    @Override
    public String toString() {
      return "returns of /" + regex + "/";
    }
  }

  /**
   * At the beginning of a function.
   *
   * @param name as {@code route.BuildDefaultHTTPOutboundRoute} or {@code
   *     xds.(*DiscoveryServer).Push}
   * @return a specification without conditions
   */
  public static BreakpointSpec function(String name) {
    return at(new Function(name));
  }

  /**
   * At the beginning of each function whose name matches.
   *
   * @param regex a regular expression of Go's
   * @return a specification without conditions
   */
  public static BreakpointSpec functions(String regex) {
    return at(new Functions(regex));
  }

  /**
   * Where each function returns whose name matches.
   *
   * <pre>{@code
   * debug.on(BreakpointSpec.returns("route\\.TranslateRoute$")).when(action).first().results()
   * }</pre>
   *
   * @param regex a regular expression of Go's
   * @return a specification without conditions
   */
  public static BreakpointSpec returns(String regex) {
    return at(new Returns(regex));
  }

  /**
   * At a line.
   *
   * @param file the file
   * @param line the line, from 1
   * @return a specification without conditions
   */
  public static BreakpointSpec line(String file, int line) {
    return at(new Line(file, line));
  }

  /**
   * At a line.
   *
   * @param file the file
   * @param line the line, from 1
   * @return a specification without conditions
   */
  public static BreakpointSpec line(Path file, int line) {
    return line(file.toString(), line);
  }

  private static BreakpointSpec at(Place place) {
    return new BreakpointSpec(place, "", "", 0, Optional.empty(), Optional.empty(), 0);
  }

  /**
   * With a condition.
   *
   * @param expression a Go expression
   * @return a copy
   */
  public BreakpointSpec when(String expression) {
    return new BreakpointSpec(place, expression, hitCondition, goroutine, arguments, locals, stack);
  }

  /**
   * With a condition on the number of hits.
   *
   * @param hits as {@code > 3}, {@code == 5} or {@code % 10}
   * @return a copy
   */
  public BreakpointSpec withHitCondition(String hits) {
    return new BreakpointSpec(place, condition, hits, goroutine, arguments, locals, stack);
  }

  /**
   * For one goroutine only.
   *
   * @param id the goroutine
   * @return a copy
   */
  public BreakpointSpec inGoroutine(long id) {
    return new BreakpointSpec(place, condition, hitCondition, id, arguments, locals, stack);
  }

  /**
   * With other limits for the arguments.
   *
   * @param limits how much is read; null for the session's limits
   * @return a copy
   */
  public BreakpointSpec withArguments(@Nullable LoadLimits limits) {
    return new BreakpointSpec(
        place, condition, hitCondition, goroutine, Optional.ofNullable(limits), locals, stack);
  }

  /**
   * With local variables.
   *
   * @param limits how much is read; null for not at all
   * @return a copy
   */
  public BreakpointSpec withLocals(@Nullable LoadLimits limits) {
    return new BreakpointSpec(
        place, condition, hitCondition, goroutine, arguments, Optional.ofNullable(limits), stack);
  }

  /**
   * With a part of the stack.
   *
   * @param frames how many frames are read
   * @return a copy
   */
  public BreakpointSpec withStack(int frames) {
    return new BreakpointSpec(place, condition, hitCondition, goroutine, arguments, locals, frames);
  }

  boolean atReturns() {
    return place instanceof Returns;
  }

  /** Whether it may mean several places, of which some may be taken. */
  boolean many() {
    return place instanceof Functions || atReturns();
  }

  /** The condition for Delve, the goroutine included. */
  String wholeCondition() {
    if (goroutine == 0) {
      return condition;
    }
    String mine = "runtime.curg.goid == " + goroutine;
    return condition.isEmpty() ? mine : mine + " && (" + condition + ")";
  }
}
