/** Real Envoys for the tests of this module, and the recorder of the dumps that they read. */
@NullMarked
package dev.pilothouse.envoy.live;

import org.jspecify.annotations.NullMarked;
