/** Measurements on real components: {@code make bench}. */
@NullMarked
package dev.pilothouse.benchmarks;

import org.jspecify.annotations.NullMarked;
