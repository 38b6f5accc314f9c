/**
 * The root of the exceptions that core throws: below all other packages, so that each can use it.
 */
@NullMarked
package dev.pilothouse.failure;

import org.jspecify.annotations.NullMarked;
