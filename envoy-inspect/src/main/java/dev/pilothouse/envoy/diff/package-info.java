/**
 * What differs between two configurations, by meaning.
 *
 * <p>{@link dev.pilothouse.envoy.diff.EnvoyDiff} compares two snapshots of one proxy, two proxies,
 * or what a control plane has against what Envoy has, and tells each {@link
 * dev.pilothouse.envoy.diff.Difference} down to the field.
 *
 * <pre>{@code
 * EnvoyDiff diff = EnvoyDiff.between(before, after);
 * diff.table();
 * }</pre>
 */
@NullMarked
package dev.pilothouse.envoy.diff;

import org.jspecify.annotations.NullMarked;
