package dev.pilothouse.envoy;

import dev.pilothouse.envoy.DumpScanner.Scanned;
import java.util.List;

/** A scope of routes, from SRDS or written inside a listener: which routes a key leads to. */
public final class ScopedRouteResource extends Resource {
  private record View(String routeConfigName, List<String> key, boolean onDemand) {}

  ScopedRouteResource(Scanned found, Content content) {
    super(found, content);
  }

  /**
   * The route configuration that it leads to.
   *
   * @return its name
   * @throws EnvoyConfigException if something in it has another type than it should
   */
  public String routeConfigName() {
    return view().routeConfigName();
  }

  /**
   * What a request's key must be: the fragments that the listener's scope key builder makes of it.
   *
   * @return in order
   * @throws EnvoyConfigException if something in it has another type than it should
   */
  public List<String> key() {
    return view().key();
  }

  /**
   * Whether its routes are fetched when the first request needs them.
   *
   * @return false if they are fetched at once
   * @throws EnvoyConfigException if something in it has another type than it should
   */
  public boolean onDemand() {
    return view().onDemand();
  }

  private View view() {
    return content().view(View.class, ScopedRouteResource::read);
  }

  private static View read(JsonObject json) {
    String named = json.text("route_configuration_name");
    return new View(
        named.isEmpty() ? json.object("route_configuration").text("name") : named,
        json.object("key").objects("fragments", fragment -> fragment.text("string_key")),
        json.flag("on_demand"));
  }
}
