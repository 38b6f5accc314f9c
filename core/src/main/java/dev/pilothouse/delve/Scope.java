package dev.pilothouse.delve;

import java.time.Duration;
import java.util.List;

/**
 * A frame of a goroutine, in which names mean something. The program has to be stopped there for
 * that; package variables ({@code "istio.io/istio/pilot/pkg/features".EnableCDSCaching}) mean the
 * same in every scope.
 */
public interface Scope {
  /**
   * The function's arguments, the receiver and the results included.
   *
   * @param limits how much is read
   * @return the arguments
   */
  List<GoValue> arguments(LoadLimits limits);

  /**
   * The function's local variables.
   *
   * @param limits how much is read
   * @return the variables
   */
  List<GoValue> locals(LoadLimits limits);

  /**
   * Evaluates an expression, with {@link LoadLimits#usual()}.
   *
   * @param expression an expression as Delve understands it: variables, fields, elements, type
   *     assertions, comparisons, arithmetic, {@code len}; no function calls
   * @return its value
   * @throws DelveException of kind EXPRESSION if it means nothing here
   */
  default GoValue eval(String expression) {
    return eval(expression, LoadLimits.usual());
  }

  /**
   * Evaluates an expression.
   *
   * @param expression an expression as Delve understands it
   * @param limits how much is read; a string of any length with {@link LoadLimits#withStringLength}
   * @return its value
   * @throws DelveException of kind EXPRESSION if it means nothing here
   */
  GoValue eval(String expression, LoadLimits limits);

  /**
   * Reads a value again, with other limits.
   *
   * @param value a value that has an address, read while the program was stopped as it is now
   * @param limits how much is read
   * @return the value as it is now, under its old name
   */
  GoValue more(GoValue value, LoadLimits limits);

  /**
   * Sets a variable.
   *
   * @param variable an expression that names it, as {@code opts.Port}
   * @param value an expression, as {@code 8081}; numbers, booleans and pointers can be set, and
   *     strings where the goroutine can be made to allocate one
   * @throws DelveException if it cannot be set so
   */
  void set(String variable, String value);

  /**
   * Calls a function in the program, in this goroutine. The other goroutines run meanwhile.
   *
   * @param expression a call, as {@code node.GetNodeName()}
   * @param deadline how long it may take. A call cannot be taken back: one that takes longer goes
   *     on when the program does, and the session, closed or not, lets the program go on when it
   *     returns
   * @return the results
   * @throws DelveException if the goroutine is at no place where a call can be injected, or the
   *     call panics
   */
  List<GoValue> call(String expression, Duration deadline);

  /**
   * Stops the program when a variable is read or written, by the processor's own means. There can
   * be four at a time, of at most 8 bytes each. One on a variable of the stack ends with its
   * function.
   *
   * @param variable an expression that names it
   * @param on what stops the program
   * @return the watchpoint
   */
  Breakpoint watch(String variable, WatchOn on);
}
