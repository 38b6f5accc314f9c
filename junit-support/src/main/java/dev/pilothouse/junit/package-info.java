/** JUnit extension. Nothing is here yet. */
@NullMarked
package dev.pilothouse.junit;

import org.jspecify.annotations.NullMarked;
