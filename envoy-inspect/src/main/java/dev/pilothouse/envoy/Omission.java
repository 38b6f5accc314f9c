package dev.pilothouse.envoy;

/**
 * A part of the configuration that the source could not deliver.
 *
 * @param part what is left out, as {@code failed_configuration in dynamic_listeners}
 * @param reason the system's own words
 */
public record Omission(String part, String reason) {}
