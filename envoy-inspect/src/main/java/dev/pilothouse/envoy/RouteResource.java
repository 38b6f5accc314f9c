package dev.pilothouse.envoy;

import dev.pilothouse.envoy.DumpScanner.Scanned;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** A route configuration, from RDS or written inside a listener. */
public final class RouteResource extends Resource {
  /** What no view of a route looks at: a route is half of it. */
  private static final Set<String> UNSEEN =
      Set.of(
          "retry_policy",
          "retryPolicy",
          "decorator",
          "typed_per_filter_config",
          "typedPerFilterConfig",
          "request_mirror_policies",
          "requestMirrorPolicies");

  /** From this many on, two processors are faster than one. */
  private static final int MANY = 200;

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
    return content().made(View.class, this::read).virtualHosts();
  }

  /**
   * A virtual host by its name, or by a domain that is written in it. No wildcard is matched.
   *
   * @param nameOrDomain as {@code httpbin.default.svc.cluster.local:8000} or {@code httpbin}
   * @return the first such virtual host, or empty
   * @throws EnvoyConfigException if something in it has another type than it should
   */
  public Optional<VirtualHost> virtualHost(String nameOrDomain) {
    // One of a thousand is found by where it lies, without reading the others.
    Optional<Content> named = content().part(nameOrDomain);
    if (named.isPresent()) {
      return named.map(RouteResource::host);
    }
    return virtualHosts().stream()
        .filter(host -> host.name().equals(nameOrDomain))
        .findFirst()
        .or(() -> withDomain(nameOrDomain));
  }

  /**
   * The Istio object that it was made from. Mostly its routes tell, and it does not.
   *
   * @return the owner, or empty when it does not say
   * @throws EnvoyConfigException if something in it has another type than it should
   */
  @Override
  public Optional<Owner> owner() {
    return Owner.of(content().object(Set.of("virtual_hosts", "virtualHosts")));
  }

  private Optional<VirtualHost> withDomain(String domain) {
    return virtualHosts().stream().filter(host -> host.domains().contains(domain)).findFirst();
  }

  private View read() {
    List<Content> hosts = content().parts();
    if (hosts.isEmpty()) {
      return new View(content().object().objects("virtual_hosts", VirtualHost::of));
    }
    Stream<Content> all = hosts.size() < MANY ? hosts.stream() : hosts.parallelStream();
    return new View(all.map(RouteResource::host).toList());
  }

  private static VirtualHost host(Content host) {
    return VirtualHost.of(host.object(UNSEEN));
  }
}
