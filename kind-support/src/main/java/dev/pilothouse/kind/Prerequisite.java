package dev.pilothouse.kind;

/**
 * One thing that working on istiod with a kind cluster needs.
 *
 * @param name what it is, as {@code kubectl}
 * @param state whether it is there and fits
 * @param found what was found, as {@code 1.34.4, /usr/bin/kubectl}
 * @param needed what is needed, as {@code 1.33 to 1.35 for nodes of Kubernetes 1.34}
 * @param toDo what to do about it; empty when it is well
 */
public record Prerequisite(String name, State state, String found, String needed, String toDo) {
  /** How it is. */
  public enum State {
    /** It is there and fits. */
    OK,
    /** It works, with a limit that one should know. */
    NOTE,
    /** It is not there. */
    MISSING,
    /** It is there and will not do. */
    WRONG
  }

  static Prerequisite ok(String name, String found, String needed) {
    return new Prerequisite(name, State.OK, found, needed, "");
  }

  static Prerequisite note(String name, String found, String needed, String toDo) {
    return new Prerequisite(name, State.NOTE, found, needed, toDo);
  }

  static Prerequisite missing(String name, String found, String needed, String toDo) {
    return new Prerequisite(name, State.MISSING, found, needed, toDo);
  }

  static Prerequisite wrong(String name, String found, String needed, String toDo) {
    return new Prerequisite(name, State.WRONG, found, needed, toDo);
  }

  /** Whether nothing can be done without mending it. */
  boolean isProblem() {
    return state == State.MISSING || state == State.WRONG;
  }
}
