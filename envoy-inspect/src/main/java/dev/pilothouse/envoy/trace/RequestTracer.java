package dev.pilothouse.envoy.trace;

import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigException;
import dev.pilothouse.envoy.RouteResource;
import dev.pilothouse.envoy.VirtualHost;
import java.util.Collection;
import java.util.List;

/**
 * Says where connections and requests would go. It reads the configuration once, and then answers
 * tens of thousands of questions a second. Safe for use by several threads.
 *
 * <pre>{@code
 * RequestTracer tracer = RequestTracer.of(config);
 * Trace trace =
 *     tracer.trace(Connection.to("10.0.0.1", 8080), HttpRequest.get("http://httpbin/get"));
 * }</pre>
 *
 * <p>It was held against real Envoys 1.36 to 1.40. Where these differ (headers that come several
 * times, path parameters), the release that the bootstrap names counts; without one, both ways have
 * to lead to the same.
 *
 * <p>These are undecided:
 *
 * <ul>
 *   <li>conditions on headers that Envoy may itself set, change or drop before it routes, as {@code
 *       x-request-id}, {@code x-forwarded-for} and all {@code x-envoy-…};
 *   <li>conditions on filter state that a network filter may have set, and matchers and inputs of
 *       matcher trees that this library does not know, as CEL;
 *   <li>requests with HTTP filters in their way that may make Envoy look for a route again, as Lua,
 *       Wasm or an external processor, and early header mutations;
 *   <li>clusters that a plugin chooses, scopes that come from a control plane, virtual hosts that
 *       come on demand;
 *   <li>runtime fractions that a runtime layer outside of the configuration may change;
 *   <li>whatever depends on a part of the connection that was not given, or on a field that is
 *       newer than Envoy 1.34's API (conditions on cookies are read).
 * </ul>
 *
 * <p>Outcomes are what the client sees. To gRPC requests (by their {@code content-type}), Envoy's
 * own answers are HTTP 200 with an empty body and a {@code grpc-status}: direct responses,
 * redirects (with their location) and refusals alike. Answers to HEAD have no body. A request that
 * asks for an upgrade, as to WebSocket, or comes as CONNECT gets 403 where neither the route nor
 * the connection manager has it in its {@code upgrade_configs}; what the route says counts more.
 *
 * <p>Requests are taken for valid HTTP: of what Envoy's codecs refuse, only some is known here, as
 * unknown methods, paths with blanks or that are not ASCII, absolute targets without a valid host,
 * and headers that are too large.
 */
public interface RequestTracer {
  /**
   * A tracer for a configuration. Listeners and clusters that are active count; what is warming,
   * draining or rejected does not.
   *
   * @param config a whole configuration; without its clusters, traces end at their names
   * @return the tracer
   */
  static RequestTracer of(EnvoyConfig config) {
    return new CompiledTracer(config);
  }

  /**
   * Traces a request.
   *
   * @param connection the connection that it comes over
   * @param request the request
   * @return its way; never null, and never a guess
   * @throws EnvoyConfigException if something that it needs cannot be read
   */
  Trace trace(Connection connection, HttpRequest request);

  /**
   * Traces a connection that carries no HTTP, or of whose requests nothing is known.
   *
   * @param connection the connection
   * @return its way; undecided where it comes to an HTTP connection manager
   * @throws EnvoyConfigException if something that it needs cannot be read
   */
  Trace trace(Connection connection);

  /**
   * Traces a request from a virtual host on. Of its connection, and of what an HTTP connection
   * manager makes of it, nothing is known: a path that one may change, conditions on the host, the
   * scheme and TLS, and hosts that ask for TLS are undecided. HTTP filters do not count.
   *
   * <pre>{@code
   * RouteResource routes = config.route("8000").orElseThrow();
   * VirtualHost host = routes.virtualHost("httpbin").orElseThrow();
   * tracer.trace(routes, host, HttpRequest.get("http://httpbin:8000/get")).route();
   * }</pre>
   *
   * @param routes the route configuration, of this or another configuration
   * @param virtualHost one of its virtual hosts, whatever domains it has
   * @param request the request; its authority and scheme are taken as they are for redirects
   * @return its way from there; {@link Trace#connection()} is empty
   * @throws EnvoyConfigException if the route configuration cannot be read
   * @throws IllegalArgumentException if the virtual host is not one of the route configuration
   */
  Trace trace(RouteResource routes, VirtualHost virtualHost, HttpRequest request);

  /**
   * Tells which routes a suite of requests did not reach.
   *
   * @param traces traces of this tracer
   * @return the report, over all routes of all active listeners and route configurations
   * @throws EnvoyConfigException if a route configuration cannot be read
   */
  RouteCoverage coverage(Collection<Trace> traces);

  /**
   * All routes that a request may take.
   *
   * @return in the order of the configuration
   * @throws EnvoyConfigException if a route configuration cannot be read
   */
  List<Decision> routes();
}
