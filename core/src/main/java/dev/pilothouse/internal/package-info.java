/** What core's packages share and nobody else should use: it may change at any time. */
@NullMarked
package dev.pilothouse.internal;

import org.jspecify.annotations.NullMarked;
