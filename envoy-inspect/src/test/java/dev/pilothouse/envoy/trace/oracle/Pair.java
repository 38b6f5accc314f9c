package dev.pilothouse.envoy.trace.oracle;

import dev.pilothouse.envoy.trace.Connection;
import dev.pilothouse.envoy.trace.HttpRequest;
import org.jspecify.annotations.Nullable;

/**
 * One question to Envoy and to the tracer.
 *
 * @param request null for a connection alone
 * @param target the name of the route, virtual host or filter chain that it was made for
 * @param spoiled whether it was changed afterwards, so that it may just miss its target; where
 *     requests are drawn from a few values that lie close together, as for matcher trees, all are
 */
record Pair(Connection connection, @Nullable HttpRequest request, String target, boolean spoiled) {}
