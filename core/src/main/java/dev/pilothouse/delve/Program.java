package dev.pilothouse.delve;

import java.util.List;

/**
 * What the binary holds. Filters are regular expressions of Go's; an empty one lets all through.
 */
public interface Program {
  /**
   * Source files.
   *
   * @param filter a regular expression
   * @return their paths as the binary names them, sorted
   */
  List<String> sources(String filter);

  /**
   * Functions.
   *
   * @param filter a regular expression
   * @return their names, sorted
   */
  List<String> functions(String filter);

  /**
   * Types.
   *
   * @param filter a regular expression
   * @return their names, sorted
   */
  List<String> types(String filter);

  /**
   * Package variables.
   *
   * @param filter a regular expression
   * @param limits how much of each is read
   * @return the variables
   */
  List<GoValue> packageVariables(String filter, LoadLimits limits);

  /**
   * The instructions of a function.
   *
   * @param function its name, or an end of it that is unique
   * @return the instructions
   * @throws DelveException of kind NOT_FOUND if there is no such function
   */
  List<Instruction> disassemble(String function);

  /**
   * Where a place is.
   *
   * @param place a function, functions by a regular expression, or a line
   * @return the locations
   * @throws DelveException of kind NOT_FOUND if there is none, with the nearest names
   */
  List<SourceLocation> find(BreakpointSpec.Place place);
}
