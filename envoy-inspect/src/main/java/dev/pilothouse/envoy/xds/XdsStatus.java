package dev.pilothouse.envoy.xds;

import java.util.List;

/**
 * How a client stands with its control plane.
 *
 * @param streams how many streams were opened so far
 * @param open whether the last one is open, as far as is known: a response came by it, and it has
 *     not ended
 * @param lastError why the last stream that ended did so, in the server's words first; empty when
 *     none has
 * @param unanswered the types of which something was asked that had no answer yet
 * @param closed whether the client was closed
 */
public record XdsStatus(
    int streams, boolean open, String lastError, List<String> unanswered, boolean closed) {
  /** Copies the list. */
  public XdsStatus {
    unanswered = List.copyOf(unanswered);
  }

  /**
   * Whether everything that was asked for by now has had an answer.
   *
   * @return true if the stream is open and nothing is unanswered
   */
  public boolean answered() {
    return open && unanswered.isEmpty();
  }

  /** One line, for people. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(closed ? "closed" : open ? "connected" : "not connected");
    text.append(", ").append(streams).append(streams == 1 ? " stream" : " streams");
    if (!unanswered.isEmpty()) {
      text.append(", no answer yet for ");
      text.append(String.join(", ", unanswered.stream().map(XdsType::shortName).toList()));
    }
    if (!lastError.isEmpty()) {
      text.append(", the last stream that ended: ").append(lastError);
    }
    return text.toString();
  }
}
