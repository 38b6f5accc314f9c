/**
 * Where a request would go, and why: Envoy's choice of listener, filter chain, virtual host, route
 * and cluster, worked out from its configuration alone.
 *
 * <pre>{@code
 * RequestTracer tracer = RequestTracer.of(config);
 * Trace trace =
 *     tracer.trace(
 *         Connection.outbound("10.96.0.7", 8000).from("10.1.0.9", 40000),
 *         HttpRequest.get("http://httpbin:8000/get").header("x-user", "jane"));
 * trace.outcome();
 * trace.explain();
 * }</pre>
 *
 * <p>The rules are those of Envoy 1.36 to 1.40. The module's tests hold them against real Envoys of
 * these versions. What cannot be told from a configuration is called undecided, with the reason.
 */
@NullMarked
package dev.pilothouse.envoy.trace;

import org.jspecify.annotations.NullMarked;
