package dev.pilothouse.envoy;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A filter chain of a listener.
 *
 * @param name its name; empty when it has none
 * @param match what connections it takes, for people, in protobuf's field names; {@code anything}
 *     when it does not choose
 * @param filters its filters, in order
 * @param transportSocket the transport socket's name, as {@code envoy.transport_sockets.tls}; empty
 *     for plain text
 * @param isDefault whether it takes what no other takes
 * @param source the Istio object that it was made from, or null when it does not say; see {@link
 *     #owner()}
 * @param pointer the JSON pointer to it
 */
public record FilterChain(
    String name,
    String match,
    List<Filter> filters,
    String transportSocket,
    boolean isDefault,
    @Nullable Owner source,
    String pointer) {

  /** Copies the list. */
  public FilterChain {
    filters = List.copyOf(filters);
  }

  static FilterChain of(JsonObject json, boolean isDefault) {
    String match = json.object("filter_chain_match").compact();
    return new FilterChain(
        json.text("name"),
        match.isEmpty() ? "anything" : match,
        json.objects("filters", Filter::of),
        json.object("transport_socket").text("name"),
        isDefault,
        Owner.of(json).orElse(null),
        json.pointer());
  }

  /**
   * The Istio object that it was made from.
   *
   * @return the owner, or empty when the chain does not say
   */
  public Optional<Owner> owner() {
    return Optional.ofNullable(source);
  }

  /** One line: its name, what it matches and its filters. */
  @Override
  public String toString() {
    return "FilterChain[" + (name.isEmpty() ? "" : name + ": ") + match + " → " + filters + "]";
  }
}
