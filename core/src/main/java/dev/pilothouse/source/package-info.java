/** Istio's source tree, edits to it, and the compiler that turns it into an istiod. */
@NullMarked
package dev.pilothouse.source;

import org.jspecify.annotations.NullMarked;
