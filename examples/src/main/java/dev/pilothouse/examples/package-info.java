/** Programs to read and to copy from. {@code make quickstart} runs the first one. */
@NullMarked
package dev.pilothouse.examples;

import org.jspecify.annotations.NullMarked;
