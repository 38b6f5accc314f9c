/** Workloads with real Envoy sidecars, and requests through them. */
@NullMarked
package dev.pilothouse.workload;

import org.jspecify.annotations.NullMarked;
