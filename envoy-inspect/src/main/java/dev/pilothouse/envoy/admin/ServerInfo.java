package dev.pilothouse.envoy.admin;

import java.time.Duration;

/**
 * What Envoy is and how it was started.
 *
 * @param version its version alone, as {@code 1.40.0}
 * @param build its version as it says itself: revision, version, status, type, TLS library
 * @param state {@code LIVE}, {@code DRAINING}, {@code PRE_INITIALIZING} or {@code INITIALIZING}
 * @param uptime how long it has been running
 * @param nodeId its identity towards the control plane; empty when it has none
 */
public record ServerInfo(
    String version, String build, String state, Duration uptime, String nodeId) {}
