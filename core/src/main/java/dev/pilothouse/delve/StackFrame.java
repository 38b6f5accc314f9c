package dev.pilothouse.delve;

import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Stream;

/**
 * One frame of a goroutine's stack.
 *
 * @param location where the goroutine is in it
 * @param arguments the function's arguments; empty unless they were asked for
 * @param locals its local variables; empty unless they were asked for
 */
public record StackFrame(SourceLocation location, List<GoValue> arguments, List<GoValue> locals) {
  /** Copies the lists. */
  public StackFrame {
    arguments = List.copyOf(arguments);
    locals = List.copyOf(locals);
  }

  /**
   * An argument or a local variable.
   *
   * @param name its name
   * @return its value
   * @throws NoSuchElementException if there is none of that name, with the names there are
   */
  public GoValue variable(String name) {
    return Stream.concat(locals.stream(), arguments.stream())
        .filter(variable -> variable.name().equals(name))
        .findFirst()
        .orElseThrow(() -> Hit.noVariable(name, location, arguments, locals));
  }

  @Override
  public String toString() {
    return location.toString();
  }
}
