/**
 * What a running istiod tells about itself: metrics, log, log scopes, debug endpoints, profiles.
 */
@NullMarked
package dev.pilothouse.console;

import org.jspecify.annotations.NullMarked;
