/** How one's own source tree lies to the paths in a binary. */
@NullMarked
package dev.pilothouse.delve.paths;

import org.jspecify.annotations.NullMarked;
