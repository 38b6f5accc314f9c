package dev.pilothouse.envoy.trace;

import org.jspecify.annotations.Nullable;

/**
 * What a matcher tree reads from.
 *
 * @param seen null when nothing is known of the connection
 * @param facts null while there is no request yet
 */
record MatchData(@Nullable Seen seen, @Nullable Facts facts) {}
