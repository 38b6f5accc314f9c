package dev.pilothouse.envoy.trace;

import dev.pilothouse.envoy.Owner;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One step of Envoy's on the way of a request.
 *
 * @param kind what was decided
 * @param name the name of what was chosen; empty when it has none
 * @param pointer the JSON pointer to it in {@code EnvoyConfig.raw()}
 * @param source the Istio object that it was made from, or null when the configuration does not say
 * @param why why it was chosen, for people
 */
public record Decision(Kind kind, String name, String pointer, @Nullable Owner source, String why) {
  /** What Envoy decides, in this order. */
  public enum Kind {
    /** The listener that accepts the connection, or takes it over after redirection. */
    LISTENER,
    /** The filter chain in it. */
    FILTER_CHAIN,
    /** The network filter that handles the connection: HTTP connection manager or TCP proxy. */
    NETWORK_FILTER,
    /** The route configuration. */
    ROUTE_CONFIGURATION,
    /** The virtual host in it. */
    VIRTUAL_HOST,
    /** The route in that. */
    ROUTE;

    String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  /**
   * The Istio object that it was made from.
   *
   * @return as {@code VirtualService default/httpbin}, or empty when the configuration does not say
   */
  public Optional<Owner> owner() {
    return Optional.ofNullable(source);
  }

  /** One line: what was chosen, from which object and why. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(kind.text()).append(' ');
    text.append(name.isEmpty() ? pointer : name);
    text.append(source == null ? "" : " (" + source + ")");
    return text.append(why.isEmpty() ? "" : ": " + why).toString();
  }
}
