/**
 * Envoy's admin interface: what a running Envoy says of itself.
 *
 * <p>For its configuration alone, {@link dev.pilothouse.envoy.ConfigSource#admin} is enough.
 */
@NullMarked
package dev.pilothouse.envoy.admin;

import org.jspecify.annotations.NullMarked;
