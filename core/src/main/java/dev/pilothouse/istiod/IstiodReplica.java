package dev.pilothouse.istiod;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One pod of an istiod.
 *
 * @param pod its name
 * @param node the node it runs on; empty while it is not scheduled
 * @param image the image of its container
 * @param ready whether it takes proxies
 * @param restarts how often its container was started again
 * @param started when its container was started, or null if it does not run
 */
public record IstiodReplica(
    String pod,
    String node,
    String image,
    boolean ready,
    int restarts,
    @Nullable Instant started) {}
