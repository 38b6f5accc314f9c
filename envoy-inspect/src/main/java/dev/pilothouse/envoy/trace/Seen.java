package dev.pilothouse.envoy.trace;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a listener knows of a connection when it looks for a filter chain: only what its listener
 * filters found out.
 *
 * @param source null when the caller did not say
 * @param directSource null when the caller did not say
 */
record Seen(
    Ip destination,
    int destinationPort,
    String serverName,
    String transportProtocol,
    List<String> applicationProtocols,
    @Nullable Ip directSource,
    @Nullable Ip source,
    int sourcePort) {

  /** Whether Envoy takes it as coming from this machine; unknown without a source. */
  Verdict local() {
    Ip from = source;
    return from == null ? Verdict.UNKNOWN : Verdict.of(from.loopback() || from.equals(destination));
  }
}
