/** What only kind and Docker can do. */
@NullMarked
package dev.pilothouse.kind;

import org.jspecify.annotations.NullMarked;
