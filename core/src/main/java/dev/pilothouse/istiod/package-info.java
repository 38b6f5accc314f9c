/** Running an istiod and asking it what it knows. */
@NullMarked
package dev.pilothouse.istiod;

import org.jspecify.annotations.NullMarked;
