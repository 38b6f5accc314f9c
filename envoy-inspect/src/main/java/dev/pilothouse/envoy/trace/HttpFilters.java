package dev.pilothouse.envoy.trace;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.envoy.config.route.v3.FilterConfig;
import io.envoyproxy.envoy.extensions.filters.http.ext_authz.v3.ExtAuthz;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the HTTP filters in front of the router may do to a request. Envoy has chosen a route before
 * they run; some may answer by themselves, some may make it choose again.
 */
final class HttpFilters {
  private enum Effect {
    NONE,
    ANSWERS,
    REROUTES
  }

  private record Known(String name, Effect effect) {}

  private static final String HTTP = "envoy.extensions.filters.http.";

  /** By the package under {@link #HTTP}; all others may do anything. */
  private static final Set<String> HARMLESS =
      Set.of(
          "router",
          "buffer",
          "compressor",
          "decompressor",
          "grpc_stats",
          "grpc_web",
          "grpc_http1_bridge",
          "header_to_metadata",
          "set_metadata",
          "set_filter_state",
          "stateful_session",
          "cdn_loop",
          "tap",
          "bandwidth_limit",
          "upstream_codec",
          "connect_grpc_bridge",
          "file_system_buffer",
          "kill_request");

  private static final Set<String> ANSWERING =
      Set.of(
          "cors",
          "fault",
          "rbac",
          "csrf",
          "health_check",
          "ratelimit",
          "local_ratelimit",
          "adaptive_concurrency",
          "admission_control",
          "oauth2",
          "cache",
          "basic_auth",
          "api_key_auth",
          "geoip",
          "dynamic_forward_proxy",
          "credential_injector",
          "gcp_authn");

  /** Istio's own; they add data and headers for statistics and the way to the server. */
  private static final Set<String> ISTIO =
      Set.of(
          "istio.envoy.config.filter.http.alpn.v2alpha1.FilterConfig",
          "io.istio.http.peer_metadata.Config",
          "stats.PluginConfig",
          "istio.envoy.config.filter.http.authn.v2alpha1.FilterConfig");

  private final List<Known> filters = new ArrayList<>();

  HttpFilters(List<HttpFilter> filters) {
    for (HttpFilter filter : filters) {
      Effect effect = filter.getDisabled() ? Effect.NONE : effect(filter);
      if (effect != Effect.NONE) {
        this.filters.add(new Known(filter.getName(), effect));
      }
    }
  }

  private static Effect effect(HttpFilter filter) {
    Any config = filter.getTypedConfig();
    String type = NetworkFilters.type(config);
    if (ISTIO.contains(type)) {
      return Effect.NONE;
    }
    try {
      if (config.is(ExtAuthz.class)) {
        return config.unpack(ExtAuthz.class).getClearRouteCache()
            ? Effect.REROUTES
            : Effect.ANSWERS;
      }
      if (config.is(JwtAuthentication.class)) {
        boolean clears =
            config.unpack(JwtAuthentication.class).getProvidersMap().values().stream()
                .anyMatch(provider -> provider.getClearRouteCache());
        return clears ? Effect.REROUTES : Effect.ANSWERS;
      }
    } catch (InvalidProtocolBufferException e) {
      return Effect.REROUTES;
    }
    String name =
        type.startsWith(HTTP)
            ? type.substring(HTTP.length(), type.indexOf('.', HTTP.length()))
            : "";
    if (HARMLESS.contains(name)) {
      return Effect.NONE;
    }
    return ANSWERING.contains(name) ? Effect.ANSWERS : Effect.REROUTES;
  }

  /** Filters that may answer the request before the route does. */
  List<String> answering(List<Map<String, Any>> perRoute) {
    return names(Effect.ANSWERS, perRoute);
  }

  /** Filters that may make Envoy look for a route again. */
  List<String> rerouting(List<Map<String, Any>> perRoute) {
    return names(Effect.REROUTES, perRoute);
  }

  private List<String> names(Effect effect, List<Map<String, Any>> perRoute) {
    if (filters.isEmpty()) {
      return List.of();
    }
    return filters.stream()
        .filter(filter -> filter.effect() == effect && !disabled(filter.name(), perRoute))
        .map(Known::name)
        .toList();
  }

  /** The most specific word counts: that of the route, then of its host, then of the table. */
  private static boolean disabled(String name, List<Map<String, Any>> perRoute) {
    for (Map<String, Any> configs : perRoute) {
      Any config = configs.get(name);
      if (config != null) {
        try {
          return config.is(FilterConfig.class) && config.unpack(FilterConfig.class).getDisabled();
        } catch (InvalidProtocolBufferException e) {
          return false;
        }
      }
    }
    return false;
  }
}
