package dev.pilothouse.istiod;

import java.net.URI;
import java.nio.file.Path;

/**
 * One istiod of those behind an {@link Istiod}: the process, or one of the pods. Its ports are on
 * loopback.
 *
 * @param name what it calls itself: the name of {@link IstiodSpec#name}, or the pod's
 * @param monitoring where its {@code /version}, {@code /metrics} and {@code /debug} answer
 * @param controlZ where its ControlZ answers, which has the log scopes
 * @param log its log alone, from its start on; grows while it runs
 */
public record IstiodInstance(String name, URI monitoring, URI controlZ, Path log) {}
