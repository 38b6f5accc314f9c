package dev.pilothouse.envoy.xds;

import dev.pilothouse.envoy.ConfigSource;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigException;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/**
 * A proxy without Envoy: it subscribes to a control plane as Envoy does, and holds what it is sent.
 * Safe for use by several threads.
 *
 * <p>It asks for all clusters and listeners, and for what these name: endpoints, routes, scoped
 * routes, secrets and filters that are to come over the same stream. It acknowledges what is well
 * formed and passes its {@link XdsCheck}, and rejects the rest. When the stream ends it opens
 * another, and tells the server what it holds.
 *
 * <p>Of what Envoy can ask a control plane, it leaves out what istiod does not serve to proxies:
 *
 * <ul>
 *   <li>virtual hosts on demand (VHDS): a route configuration that has {@code vhds} is held as it
 *       comes, without them;
 *   <li>clusters on demand (ODCDS): all clusters are asked for, as istiod's proxies do, and none
 *       for the first request that needs it;
 *   <li>times to live: a resource with one is held until it is removed or replaced, and a
 *       heartbeat, which is a resource without content, changes nothing;
 *   <li>resources from other streams than this one, as SDS of the agent's socket: what names them
 *       does not wait for them.
 * </ul>
 *
 * <p>It is a {@link ConfigSource} too: an inspector reads what it holds once all that it has asked
 * for has been answered.
 */
public interface XdsClient extends ConfigSource, AutoCloseable {
  /**
   * Connects a single proxy, with {@link XdsOptions#of}.
   *
   * @param server the control plane
   * @param node who it says it is
   * @return the running client; it connects in the background
   * @throws EnvoyConfigException if a certificate cannot be read
   */
  static XdsClient connect(XdsServer server, XdsNode node) {
    return connect(server, XdsOptions.of(node));
  }

  /**
   * Connects a single proxy. For many, see {@link XdsFleet}.
   *
   * @param server the control plane
   * @param options who it is and how it behaves
   * @return the running client; it connects in the background
   * @throws EnvoyConfigException if a certificate cannot be read
   */
  static XdsClient connect(XdsServer server, XdsOptions options) {
    return SharedFleet.single(server, options);
  }

  /**
   * Who it says it is.
   *
   * @return its identity
   */
  XdsNode node();

  /**
   * What it holds now. A cluster whose endpoints have not come, or a listener whose routes have
   * not, is warming; a resource that it refused is rejected, beside the one that is still in use.
   * Private keys are redacted.
   *
   * @return a snapshot; of nothing when nothing has come yet
   */
  EnvoyConfig config();

  /**
   * What it holds of one type, for types that a configuration has no place for.
   *
   * @param typeUrl the type's URL
   * @return by name
   */
  List<XdsResource> resources(String typeUrl);

  /**
   * How it stands with its control plane.
   *
   * @return a snapshot
   */
  XdsStatus status();

  /**
   * The log: the last responses, {@link XdsOptions#logSize()} at most.
   *
   * @return the oldest first
   */
  List<XdsResponse> responses();

  /**
   * The number of the last response, to look only at later ones.
   *
   * @return 0 when none has come
   */
  long position();

  /**
   * The responses that came after a position.
   *
   * @param position what {@link #position()} was
   * @return the oldest first
   * @throws EnvoyConfigException if the log does not reach back so far
   */
  List<XdsResponse> responsesAfter(long position);

  /**
   * Waits until everything that was asked for has been answered and acknowledged or rejected: what
   * {@link #config()} gives then is whole.
   *
   * @param deadline how long to wait at most
   * @return what it holds then
   * @throws EnvoyConfigException if it was not answered before the deadline, with what the server
   *     said last; or the thread was interrupted, or the client closed
   */
  EnvoyConfig awaitAnswered(Duration deadline);

  /**
   * Waits until what it holds is as wanted.
   *
   * @param wanted the condition, asked once for each change; what it throws counts as "not yet" and
   *     is told on failure
   * @param deadline how long to wait at most
   * @return the first configuration that is as wanted
   * @throws EnvoyConfigException if none was before the deadline, with what came meanwhile; or the
   *     thread was interrupted, or the client closed
   */
  EnvoyConfig await(Predicate<EnvoyConfig> wanted, Duration deadline);

  /**
   * Waits for a response.
   *
   * @param after the position to look from; 0 for all that the log has
   * @param wanted which response
   * @param deadline how long to wait at most
   * @return the first such response after the position
   * @throws EnvoyConfigException if none came before the deadline; or the thread was interrupted,
   *     or the client closed
   */
  XdsResponse awaitResponse(long after, Predicate<XdsResponse> wanted, Duration deadline);

  /**
   * Makes sure that something was not pushed. Time proves nothing here, so the stretch ends with a
   * fact: do what must push nothing, then something that must push a marker, and give both.
   *
   * <pre>{@code
   * long before = client.position();
   * applyWhatConcernsOthers();
   * applyMarker();
   * client.requireNothingPushed(
   *     before, r -> r.is(XdsType.LISTENERS), r -> r.touches("marker"), Duration.ofSeconds(10));
   * }</pre>
   *
   * @param after the position to look from
   * @param unwanted what must not come before the marker, nor be it
   * @param marker the response that ends the stretch
   * @param deadline how long to wait for the marker at most
   * @return the marker
   * @throws EnvoyConfigException if something unwanted came, which it shows; or the marker did not
   *     come, the thread was interrupted, or the client closed
   */
  XdsResponse requireNothingPushed(
      long after,
      Predicate<XdsResponse> unwanted,
      Predicate<XdsResponse> marker,
      Duration deadline);

  /**
   * Makes sure that nothing is pushed for a while, where no marker can be had. It cannot see what
   * comes later.
   *
   * @param after the position to look from
   * @param unwanted what must not come
   * @param stretch how long to look
   * @throws EnvoyConfigException at once, if something unwanted came or comes, or the stream ends,
   *     after which silence proves nothing; or the thread was interrupted, or the client closed
   */
  void requireNothingPushedFor(long after, Predicate<XdsResponse> unwanted, Duration stretch);

  /**
   * Refuses other resources from now on. What is held already is not looked at again.
   *
   * @param check what to refuse
   */
  void check(XdsCheck check);

  /** Ends the stream and opens another at once, as when a connection breaks. */
  void reconnect();

  /**
   * The log and how it stands, for people.
   *
   * @return one line a response, the oldest first
   */
  String table();

  /** Ends the stream. What it holds can still be read. Does nothing the second time. */
  @Override
  void close();
}
