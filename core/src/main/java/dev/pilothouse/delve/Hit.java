package dev.pilothouse.delve;

import java.time.Instant;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A breakpoint or a tracepoint was reached.
 *
 * @param location where
 * @param goroutine the goroutine that reached it
 * @param count how often it had been reached then, from 1
 * @param arguments the function's arguments, as far as the {@link BreakpointSpec} asks for them
 * @param results what the function returns, at a {@linkplain BreakpointSpec#returns return}; empty
 *     elsewhere, where nothing is known of it. Results without a name are {@code ~r0}, {@code ~r1}
 *     …
 * @param locals its local variables, if the specification asks for them
 * @param stack the goroutine's stack, innermost first, if the specification asks for it
 * @param at when this was learned
 */
public record Hit(
    SourceLocation location,
    long goroutine,
    long count,
    List<GoValue> arguments,
    List<GoValue> results,
    List<GoValue> locals,
    List<StackFrame> stack,
    Instant at) {
  /** Copies the lists. */
  public Hit {
    arguments = List.copyOf(arguments);
    results = List.copyOf(results);
    locals = List.copyOf(locals);
    stack = List.copyOf(stack);
  }

  /**
   * An argument; the receiver of a method is one too.
   *
   * @param name its name
   * @return its value
   * @throws NoSuchElementException if there is none of that name, with the names there are
   */
  public GoValue argument(String name) {
    return arguments.stream()
        .filter(argument -> argument.name().equals(name))
        .findFirst()
        .orElseThrow(() -> noVariable(name, location, arguments, List.of()));
  }

  /**
   * Whether a function is on the stack.
   *
   * @param function its name, or the end of it, as {@code
   *     core.(*ConfigGeneratorImpl).BuildHTTPRoutes}
   * @return false also when no stack was asked for
   */
  public boolean calledFrom(String function) {
    return stack.stream().anyMatch(frame -> Names.means(function, frame.location().function()));
  }

  static NoSuchElementException noVariable(
      String name, SourceLocation location, List<GoValue> arguments, List<GoValue> locals) {
    String known =
        Stream.concat(arguments.stream(), locals.stream())
            .map(GoValue::name)
            .collect(Collectors.joining(", "));
    return new NoSuchElementException(
        known.isEmpty()
            ? "no variable " + name + " of " + location + ": none was loaded"
            : "no variable " + name + " of " + location + ", only " + known);
  }

  /** One line: where, who, the arguments, and the results if there are any. */
  @Override
  public String toString() {
    return "#%d %s goroutine %d %s%s"
        .formatted(
            count,
            location,
            goroutine,
            list(arguments),
            results.isEmpty() ? "" : " returns " + list(results));
  }

  private static String list(List<GoValue> values) {
    return values.stream()
        .map(value -> value.name() + "=" + value)
        .collect(Collectors.joining(", ", "(", ")"));
  }
}
