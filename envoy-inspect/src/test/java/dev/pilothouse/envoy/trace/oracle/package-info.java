/**
 * The oracle of the request tracer: generated configurations and requests, given to real Envoys and
 * to the tracer, and a comparison of what both say.
 */
@NullMarked
package dev.pilothouse.envoy.trace.oracle;

import org.jspecify.annotations.NullMarked;
