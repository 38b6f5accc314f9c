/**
 * Debugs a running istiod with Delve: breakpoints, tracepoints and typed values in a test, beside
 * an IDE. Start at {@link dev.pilothouse.delve.DelveAttacher}.
 */
@NullMarked
package dev.pilothouse.delve;

import org.jspecify.annotations.NullMarked;
