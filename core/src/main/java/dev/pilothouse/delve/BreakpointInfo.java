package dev.pilothouse.delve;

import java.util.List;

/**
 * A breakpoint that Delve holds, of whoever's.
 *
 * @param id Delve's number
 * @param name its name in Delve
 * @param owner whose it is
 * @param locations where; several for inlined and generic functions and for regular expressions
 * @param condition its condition, or empty
 * @param tracepoint whether the program goes on after it
 * @param hits how often it was reached
 */
public record BreakpointInfo(
    int id,
    String name,
    Owner owner,
    List<SourceLocation> locations,
    String condition,
    boolean tracepoint,
    long hits) {
  /** Whose a breakpoint is. */
  public enum Owner {
    /** This session's. */
    OURS,
    /** That of another live session of Pilothouse. */
    PILOTHOUSE,
    /** Left behind by a session of Pilothouse whose JVM is gone. */
    LEFT_BEHIND,
    /** That of an IDE or another client. */
    OTHER
  }

  /** Copies the list. */
  public BreakpointInfo {
    locations = List.copyOf(locations);
  }
}
