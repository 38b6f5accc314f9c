/** What only kind and Docker can do. Nothing is here yet. */
@NullMarked
package dev.pilothouse.kind;

import org.jspecify.annotations.NullMarked;
