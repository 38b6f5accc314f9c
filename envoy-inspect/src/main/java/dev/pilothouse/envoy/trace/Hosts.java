package dev.pilothouse.envoy.trace;

/** Hosts with ports and trailing dots, as Envoy reads them. */
final class Hosts {
  private Hosts() {}

  /** Where the port begins, its colon included; -1 when there is none. */
  static int portStart(String host) {
    int colon = host.lastIndexOf(':');
    return colon < 0 || host.lastIndexOf(']') > colon ? -1 : colon;
  }

  /**
   * Drops the port, if it is a number.
   *
   * @param only drops no other port than this one; negative for any
   */
  static String withoutPort(String host, int only) {
    int start = portStart(host);
    if (start < 0) {
      return host;
    }
    Long port = Ascii.number(host.substring(start + 1));
    if (port == null || port < 0 || port > 0xffffffffL) {
      return host;
    }
    return only < 0 || port == only ? host.substring(0, start) : host;
  }

  static String withoutTrailingDot(String host) {
    int dot = host.lastIndexOf('.');
    if (dot >= 0 && dot == host.length() - 1) {
      return host.substring(0, dot);
    }
    if (dot >= 0 && host.charAt(dot + 1) == ':') {
      return host.substring(0, dot) + host.substring(dot + 1);
    }
    return host;
  }
}
