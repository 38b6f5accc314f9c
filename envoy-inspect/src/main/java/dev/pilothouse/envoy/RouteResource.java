package dev.pilothouse.envoy;

import dev.pilothouse.envoy.DumpScanner.Scanned;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A route configuration, from RDS or written inside a listener. */
public final class RouteResource extends Resource {
  private record View(List<VirtualHost> virtualHosts, @Nullable Owner owner) {}

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
    return view().virtualHosts();
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

  /**
   * The Istio object that it was made from. Mostly its routes tell, and it does not.
   *
   * @return the owner, or empty when it does not say
   * @throws EnvoyConfigException if something in it has another type than it should
   */
  @Override
  public Optional<Owner> owner() {
    return Optional.ofNullable(view().owner());
  }

  private View view() {
    return content().view(View.class, RouteResource::read);
  }

  private static View read(JsonObject json) {
    return new View(json.objects("virtual_hosts", VirtualHost::of), Owner.of(json).orElse(null));
  }
}
