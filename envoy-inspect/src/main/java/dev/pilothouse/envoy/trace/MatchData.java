package dev.pilothouse.envoy.trace;

import org.jspecify.annotations.Nullable;

/**
 * What a matcher tree reads from.
 *
 * @param facts null while there is no request yet
 */
record MatchData(Seen seen, @Nullable Facts facts) {}
