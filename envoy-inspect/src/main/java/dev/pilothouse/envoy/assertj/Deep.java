package dev.pilothouse.envoy.assertj;

import com.github.xds.type.v3.TypedStruct;
import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.pilothouse.envoy.FilterChain;
import dev.pilothouse.envoy.Resource;
import dev.pilothouse.envoy.Route;
import dev.pilothouse.envoy.VirtualHost;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;

/**
 * The protobuf messages of parts of a resource: all that the typed values do not show. A part is
 * found by its JSON pointer, whose last step is its index.
 */
final class Deep {
  private Deep() {}

  static io.envoyproxy.envoy.config.listener.v3.FilterChain chain(Spot spot, FilterChain chain) {
    Listener listener = resource(spot).message(Listener.class);
    return chain.isDefault()
        ? listener.getDefaultFilterChain()
        : listener.getFilterChains(index(chain.pointer()));
  }

  static RouteConfiguration routeConfiguration(Spot spot) {
    return resource(spot).message(RouteConfiguration.class);
  }

  static io.envoyproxy.envoy.config.route.v3.VirtualHost virtualHost(Spot spot, VirtualHost host) {
    return routeConfiguration(spot).getVirtualHosts(index(host.pointer()));
  }

  /** The virtual host that a route is in. */
  static io.envoyproxy.envoy.config.route.v3.VirtualHost virtualHost(Spot spot, Route route) {
    String routes = route.pointer().substring(0, route.pointer().lastIndexOf('/'));
    return routeConfiguration(spot)
        .getVirtualHosts(index(routes.substring(0, routes.lastIndexOf('/'))));
  }

  static io.envoyproxy.envoy.config.route.v3.Route route(Spot spot, Route route) {
    return virtualHost(spot, route).getRoutes(index(route.pointer()));
  }

  static <M extends Message> M unpack(Any any, Class<M> type) {
    try {
      return any.unpack(type);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("made by this library from JSON: " + any, e);
    }
  }

  /** The type of an {@code Any}, of an unknown one too. */
  static String typeUrl(Any any) {
    return any.is(TypedStruct.class)
        ? unpack(any, TypedStruct.class).getTypeUrl()
        : any.getTypeUrl();
  }

  static Resource resource(Spot spot) {
    Resource resource = spot.resource();
    if (resource == null) {
      throw new IllegalStateException(
          "a part alone does not know its resource: navigate to it from assertThat(EnvoyConfig)");
    }
    return resource;
  }

  private static int index(String pointer) {
    return Integer.parseInt(pointer.substring(pointer.lastIndexOf('/') + 1));
  }
}
