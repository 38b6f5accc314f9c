package dev.pilothouse.envoy.trace;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds virtual hosts that nearly were it. */
final class HostMisses {
  private HostMisses() {}

  static List<NearMiss> of(RouteTable table, String authority, @Nullable HostEntry taken) {
    String host = table.compared(authority);
    List<NearMiss> misses = new ArrayList<>();
    for (HostEntry entry : table.hosts()) {
      if (entry != taken) {
        for (String domain : entry.domains()) {
          String why = why(Ascii.lower(domain), host);
          if (!why.isEmpty()) {
            misses.add(
                new NearMiss(Decision.Kind.VIRTUAL_HOST, entry.name(), entry.pointer(), why));
            break;
          }
        }
      }
    }
    return misses;
  }

  /** Empty when the two have nothing to do with each other. */
  private static String why(String domain, String host) {
    if (matches(domain, host)) {
      return "its domain " + domain + " matches too, but another is more specific";
    }
    if (bare(domain).equals(bare(host))) {
      return "its domain is " + domain + ", and the host " + host + " has another port";
    }
    if (domain.startsWith("*.") && host.equals(domain.substring(2))) {
      return "its domain " + domain + " asks for something before the dot";
    }
    if (host.endsWith(".") && matches(domain, Hosts.withoutTrailingDot(host))) {
      return "its domain is " + domain + ", and the host " + host + " ends with a dot";
    }
    return "";
  }

  private static boolean matches(String domain, String host) {
    int length = domain.length() - 1;
    if (domain.startsWith("*")) {
      return length == 0 || (host.length() > length && host.endsWith(domain.substring(1)));
    }
    return domain.endsWith("*")
        ? host.length() > length && host.startsWith(domain.substring(0, length))
        : host.equals(domain);
  }

  private static String bare(String host) {
    return Hosts.withoutPort(host, -1);
  }
}
