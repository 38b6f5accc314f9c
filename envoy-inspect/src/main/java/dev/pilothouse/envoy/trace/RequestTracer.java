package dev.pilothouse.envoy.trace;

import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigException;
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
 */
public interface RequestTracer {
  /**
   * A tracer for a configuration. Listeners and clusters that are active count; what is warming,
   * draining or rejected does not.
   *
   * @param config a whole configuration; without its clusters, traces end at their names
   * @return the tracer
   * @throws EnvoyConfigException if a listener cannot be read
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
