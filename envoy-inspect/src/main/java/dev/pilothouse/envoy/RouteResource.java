package dev.pilothouse.envoy;

import dev.pilothouse.envoy.DumpScanner.Scanned;
import java.util.List;
import java.util.Optional;

/** A route configuration, from RDS or written inside a listener. */
public final class RouteResource extends Resource {
  private record View(List<VirtualHost> virtualHosts) {}

  RouteResource(Scanned found, Content content) {
    super(found, content);
  }

  /**
   * Its virtual hosts.
   *
   * @return in the order of the JSON
   * @throws EnvoyConfigException if something in it has another type than it should
   */
  public List<VirtualHost> virtualHosts() {
    return content()
        .view(View.class, json -> new View(json.objects("virtual_hosts", VirtualHost::of)))
        .virtualHosts();
  }

  /**
   * A virtual host by its name, or by a domain that is written in it. No wildcard is matched.
   *
   * @param nameOrDomain as {@code httpbin.default.svc.cluster.local:8000} or {@code httpbin}
   * @return the first such virtual host, or empty
   * @throws EnvoyConfigException if something in it has another type than it should
   */
  public Optional<VirtualHost> virtualHost(String nameOrDomain) {
    Optional<VirtualHost> named =
        virtualHosts().stream().filter(host -> host.name().equals(nameOrDomain)).findFirst();
    return named.isPresent()
        ? named
        : virtualHosts().stream().filter(host -> host.domains().contains(nameOrDomain)).findFirst();
  }
}
