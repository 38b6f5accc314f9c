/** How an IDE attaches to a Delve. */
@NullMarked
package dev.pilothouse.delve.ide;

import org.jspecify.annotations.NullMarked;
