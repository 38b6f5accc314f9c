package dev.pilothouse.envoy;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name that istiod gives a cluster: {@code outbound|8000|v1|httpbin.default.svc.cluster.local}.
 *
 * @param direction {@code outbound}, {@code inbound} or {@code inbound-vip}
 * @param port the service's port, or the workload's for inbound
 * @param subset the subset of the DestinationRule; empty for none
 * @param host the service's host; empty for inbound
 */
public record ClusterName(String direction, int port, String subset, String host) {
  private static final Pattern PIPES =
      Pattern.compile("([a-z-]+)\\|(\\d{1,5})\\|([^|]*)\\|([^|]*)");
  // How a gateway that passes TLS through writes it, because a server name may not hold a pipe.
  private static final Pattern DOTS =
      Pattern.compile("([a-z-]+)_\\.(\\d{1,5})_\\.([^|]*?)_\\.([^|]*)");

  /**
   * Takes a name apart.
   *
   * @param name the cluster's name
   * @return its parts, or empty when it is no such name, as {@code BlackHoleCluster}
   */
  public static Optional<ClusterName> parse(String name) {
    for (Pattern pattern : new Pattern[] {PIPES, DOTS}) {
      Matcher matcher = pattern.matcher(name);
      if (matcher.matches()) {
        int port = Integer.parseInt(matcher.group(2));
        return Optional.of(
            new ClusterName(matcher.group(1), port, matcher.group(3), matcher.group(4)));
      }
    }
    return Optional.empty();
  }

  /** The name itself, as {@code outbound|8000|v1|httpbin.default.svc.cluster.local}. */
  @Override
  public String toString() {
    return direction + "|" + port + "|" + subset + "|" + host;
  }
}
