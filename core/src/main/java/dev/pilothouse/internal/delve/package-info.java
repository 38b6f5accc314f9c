/**
 * A Deployment whose program runs under Delve for a while. Core's packages share it and nobody else
 * should use it: it may change at any time.
 */
@NullMarked
package dev.pilothouse.internal.delve;

import org.jspecify.annotations.NullMarked;
