package dev.pilothouse.envoy.xds;

import java.util.List;

/**
 * Proxies of one control plane that share connections and messages: each is a stream of its own
 * with an identity of its own, and what several of them are sent is held once. Safe for use by
 * several threads.
 *
 * <pre>{@code
 * try (XdsFleet fleet = XdsFleet.of(XdsServer.plaintext("127.0.0.1", 15010))) {
 *   for (int i = 0; i < 1000; i++) {
 *     fleet.connect(XdsOptions.of(XdsNode.sidecar("app-" + i, "default", ip(i))));
 *   }
 *   for (XdsClient client : fleet.clients()) {
 *     client.awaitAnswered(Duration.ofMinutes(1));
 *   }
 * }
 * }</pre>
 */
public interface XdsFleet extends AutoCloseable {
  /** How many streams share a connection if nobody says otherwise: what HTTP/2 asks servers for. */
  int STREAMS_PER_CONNECTION = 100;

  /**
   * A fleet without proxies yet.
   *
   * @param server the control plane
   * @return the fleet; nothing is opened before a client connects
   */
  static XdsFleet of(XdsServer server) {
    return of(server, STREAMS_PER_CONNECTION);
  }

  /**
   * A fleet that shares connections more or less. A server that takes fewer streams of one
   * connection than this lets the rest wait for ever.
   *
   * @param server the control plane
   * @param streamsPerConnection how many proxies share a connection at most; 1 for none
   * @return the fleet; nothing is opened before a client connects
   */
  static XdsFleet of(XdsServer server, int streamsPerConnection) {
    return new SharedFleet(server, streamsPerConnection);
  }

  /**
   * Starts a proxy. It connects in the background, again and again until it is closed: {@link
   * XdsClient#status()} tells how it stands.
   *
   * @param options who it is and how it behaves
   * @return the running client
   * @throws dev.pilothouse.envoy.EnvoyConfigException if a certificate cannot be read
   * @throws IllegalStateException if the fleet is closed
   */
  XdsClient connect(XdsOptions options);

  /**
   * The proxies that are not closed.
   *
   * @return in the order in which they were started
   */
  List<XdsClient> clients();

  /** Closes all its clients and connections. Does nothing the second time. */
  @Override
  void close();
}
