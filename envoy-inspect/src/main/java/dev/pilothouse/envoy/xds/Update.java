package dev.pilothouse.envoy.xds;

import dev.pilothouse.envoy.ProtobufContent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A response, whichever protocol it came by.
 *
 * @param whole whether names of which it does not speak are gone, if the type is asked for as a
 *     whole
 * @param bytes its size
 */
record Update(
    String typeUrl,
    String version,
    String nonce,
    List<Sent> resources,
    List<String> removed,
    boolean whole,
    int bytes) {

  /**
   * A resource in it.
   *
   * @param content null when it says only that the resource is still valid
   * @param fault why it cannot be taken; empty when it can
   */
  record Sent(String name, String version, @Nullable ProtobufContent content, String fault) {}
}
