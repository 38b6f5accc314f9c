/**
 * The front door: {@link dev.pilothouse.LocalMesh} starts a whole mesh of plain processes.
 *
 * <p>What it is made of is there to be used alone too, along the flow of the work: {@link
 * dev.pilothouse.source} → {@link dev.pilothouse.cluster} → {@link dev.pilothouse.istiod} → {@link
 * dev.pilothouse.workload} → {@link dev.pilothouse.envoy}.
 */
@NullMarked
package dev.pilothouse;

import org.jspecify.annotations.NullMarked;
