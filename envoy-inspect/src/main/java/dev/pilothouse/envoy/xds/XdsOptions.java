package dev.pilothouse.envoy.xds;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * How a client behaves. Immutable.
 *
 * @param node who it says it is
 * @param protocol delta or state of the world
 * @param check what it refuses
 * @param backoff how long it waits before it opens the next stream
 * @param logSize how many responses it remembers, at least 1
 * @param labels what is known of the control plane; they appear as {@link
 *     dev.pilothouse.envoy.EnvoyConfig#labels()}
 * @param further what it asks for besides what Envoy does, type URL to names; no names ask for all
 */
public record XdsOptions(
    XdsNode node,
    XdsProtocol protocol,
    XdsCheck check,
    XdsBackoff backoff,
    int logSize,
    Map<String, String> labels,
    Map<String, Set<String>> further) {

  /**
   * Checks and copies.
   *
   * @throws IllegalArgumentException if the log could not hold a response, or names are given of a
   *     type that Envoy asks for as a whole
   */
  public XdsOptions {
    if (logSize < 1) {
      throw new IllegalArgumentException("logSize must be at least 1: " + logSize);
    }
    for (XdsType type : XdsType.values()) {
      if (type.isWildcard() && !further.getOrDefault(type.typeUrl(), Set.of()).isEmpty()) {
        throw new IllegalArgumentException(
            type.shortName() + " is asked for as a whole, so it cannot be asked for by name too");
      }
    }
    labels = Map.copyOf(labels);
    further = Map.copyOf(further);
  }

  /**
   * As Envoy with Istio: delta, everything taken, Envoy's own back-off, the last 200 responses.
   *
   * @param node who it says it is
   * @return the options
   */
  public static XdsOptions of(XdsNode node) {
    return new XdsOptions(
        node, XdsProtocol.DELTA, XdsCheck.acceptAll(), XdsBackoff.ENVOY, 200, Map.of(), Map.of());
  }

  /**
   * The same with another protocol.
   *
   * @param other delta or state of the world
   * @return new options
   */
  public XdsOptions withProtocol(XdsProtocol other) {
    return new XdsOptions(node, other, check, backoff, logSize, labels, further);
  }

  /**
   * The same with another check.
   *
   * @param other what it refuses
   * @return new options
   */
  public XdsOptions withCheck(XdsCheck other) {
    return new XdsOptions(node, protocol, other, backoff, logSize, labels, further);
  }

  /**
   * The same with another back-off.
   *
   * @param other how long it waits before it opens the next stream
   * @return new options
   */
  public XdsOptions withBackoff(XdsBackoff other) {
    return new XdsOptions(node, protocol, check, other, logSize, labels, further);
  }

  /**
   * The same with a log of another size.
   *
   * @param responses how many responses it remembers, at least 1
   * @return new options
   */
  public XdsOptions withLogSize(int responses) {
    return new XdsOptions(node, protocol, check, backoff, responses, labels, further);
  }

  /**
   * The same with labels, as the settings that the control plane runs with.
   *
   * @param names names and values, instead of those before
   * @return new options
   */
  public XdsOptions withLabels(Map<String, String> names) {
    return new XdsOptions(node, protocol, check, backoff, logSize, names, further);
  }

  /**
   * The same, asking for one more type, as Istio's name tables. What comes is in {@link
   * XdsClient#resources}. To proxies that have proved who they are, istiod tells {@code
   * istio.io/debug} by names as {@code config_dump?proxyID=app-1.default}: the text is the value of
   * the {@code Any}.
   *
   * @param typeUrl the type's URL
   * @param names the names; none ask for all there are
   * @return new options
   */
  public XdsOptions withSubscription(String typeUrl, String... names) {
    Map<String, Set<String>> more = new LinkedHashMap<>(further);
    more.put(typeUrl, Set.of(names));
    return new XdsOptions(node, protocol, check, backoff, logSize, labels, more);
  }
}
