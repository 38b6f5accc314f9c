package dev.pilothouse.envoy.trace;

import java.util.Locale;

/**
 * A change of a header.
 *
 * @param message whether it is about the request or the response
 * @param action what is done
 * @param name the header
 * @param value its value, in which Envoy may yet fill in variables as {@code %START_TIME%}; empty
 *     for a removal
 */
public record HeaderChange(Message message, Action action, String name, String value) {
  /** Which message is changed. */
  public enum Message {
    /** What goes to the server. */
    REQUEST,
    /** What comes back. */
    RESPONSE
  }

  /** What is done. */
  public enum Action {
    /** Added beside others of the name. */
    APPEND,
    /** Added unless there is one. */
    ADD_IF_ABSENT,
    /** Set, in place of any others. */
    SET,
    /** Set, if there is one. */
    SET_IF_PRESENT,
    /** Removed. */
    REMOVE
  }

  /** One line, as {@code request: set x-user: jane}. */
  @Override
  public String toString() {
    return message.name().toLowerCase(Locale.ROOT)
        + ": "
        + action.name().toLowerCase(Locale.ROOT).replace('_', ' ')
        + " "
        + name
        + (action == Action.REMOVE ? "" : ": " + value);
  }
}
