package dev.pilothouse.envoy.xds;

import dev.pilothouse.envoy.EnvoyConfigException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The last responses. Not safe for several threads. */
final class ResponseLog {
  private final int size;
  private final Deque<XdsResponse> responses = new ArrayDeque<>();
  private long last;

  ResponseLog(int size) {
    this.size = size;
  }

  void add(XdsResponse response) {
    last = response.number();
    responses.add(response);
    if (responses.size() > size) {
      responses.remove();
    }
  }

  long position() {
    return last;
  }

  List<XdsResponse> all() {
    return List.copyOf(responses);
  }

  /** The responses after a position, all of them. */
  List<XdsResponse> after(long position) {
    long forgotten = last - responses.size();
    if (position < forgotten) {
      throw new EnvoyConfigException(
          "looking at the responses after #" + position,
          "the log has forgotten those up to #" + forgotten,
          "give the client a longer log: XdsOptions.withLogSize",
          null);
    }
    return responses.stream().filter(response -> response.number() > position).toList();
  }
}
