package dev.pilothouse.envoy.table;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Shortens the domains of a virtual host, of which istiod writes a service's name in all forms. */
final class Domains {
  private static final int SHOWN = 2;

  private Domains() {}

  /** At most two, and how many more; those with ports and the longer forms do not count. */
  static String shortened(List<String> domains) {
    if (domains.size() < 2) {
      return String.join("", domains);
    }
    List<String> hosts = domains.stream().filter(domain -> !hasPort(domain)).toList();
    Set<String> all = new HashSet<>(hosts);
    List<String> shortest = hosts.stream().filter(host -> !hasShorterForm(host, all)).toList();
    if (shortest.size() <= SHOWN) {
      return String.join(", ", shortest);
    }
    String first = String.join(", ", shortest.subList(0, SHOWN));
    return first + " + " + (shortest.size() - SHOWN) + " more...";
  }

  private static boolean hasPort(String domain) {
    long colons = domain.chars().filter(c -> c == ':').count();
    boolean bareAddress = colons > 2 && domain.endsWith("]");
    return colons > 0 && !bareAddress;
  }

  private static boolean hasShorterForm(String host, Set<String> all) {
    for (String suffix : List.of(".svc.cluster.local", ".svc")) {
      if (host.endsWith(suffix)
          && all.contains(host.substring(0, host.length() - suffix.length()))) {
        return true;
      }
    }
    return false;
  }
}
