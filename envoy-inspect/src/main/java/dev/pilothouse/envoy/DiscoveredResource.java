package dev.pilothouse.envoy;

import dev.pilothouse.envoy.Resource.State;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A resource that was received from a control plane, for a {@link ConfigSource} of one's own: give
 * all of them to {@link ConfigDump#ofResources}.
 *
 * @param section the section of a dump that an Envoy would show it in
 * @param state in which state it is
 * @param name its name
 * @param version the version that the control plane gave it; empty when it gave none
 * @param lastUpdated when it was received, or null
 * @param reason why it was refused; empty when it was not
 * @param content what it holds, or null when only its name is known yet
 */
public record DiscoveredResource(
    ConfigSection section,
    State state,
    String name,
    String version,
    @Nullable Instant lastUpdated,
    String reason,
    @Nullable ProtobufContent content) {}
