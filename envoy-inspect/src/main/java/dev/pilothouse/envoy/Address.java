package dev.pilothouse.envoy;

/**
 * Where something listens or is reached.
 *
 * @param kind what the other parts mean
 * @param host an IP address or a host name; the path of a pipe; the name of an internal listener
 * @param port the port; 0 when there is none
 */
public record Address(Kind kind, String host, int port) {
  /** The kinds of addresses. */
  public enum Kind {
    /** A host and a port. */
    SOCKET,
    /** A Unix domain socket. */
    PIPE,
    /** A listener inside the same Envoy. */
    INTERNAL,
    /** There is none, or it is of a kind that this library does not know. */
    UNKNOWN
  }

  static Address of(JsonObject json) {
    if (json.has("socket_address")) {
      JsonObject socket = json.object("socket_address");
      return new Address(Kind.SOCKET, socket.text("address"), (int) socket.number("port_value"));
    }
    if (json.has("pipe")) {
      return new Address(Kind.PIPE, json.object("pipe").text("path"), 0);
    }
    if (json.has("envoy_internal_address")) {
      JsonObject internal = json.object("envoy_internal_address");
      return new Address(Kind.INTERNAL, internal.text("server_listener_name"), 0);
    }
    return new Address(Kind.UNKNOWN, "", 0);
  }

  /** As {@code 127.0.0.1:8000}, {@code [::1]:8000}, {@code unix:/path}, {@code internal:name}. */
  @Override
  public String toString() {
    return switch (kind) {
      case SOCKET -> (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
      case PIPE -> "unix:" + host;
      case INTERNAL -> "internal:" + host;
      case UNKNOWN -> "unknown";
    };
  }
}
