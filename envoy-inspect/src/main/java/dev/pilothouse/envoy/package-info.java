/**
 * The typed Envoy configuration.
 *
 * <p>A {@link dev.pilothouse.envoy.ConfigSource} says where a configuration comes from: a file, a
 * text, a live admin interface. An {@link dev.pilothouse.envoy.EnvoyConfigInspector} reads it, or
 * waits until it is as wanted. An {@link dev.pilothouse.envoy.EnvoyConfig} is what was read: typed
 * resources, each with its raw JSON and its protobuf message beside it.
 *
 * <pre>{@code
 * EnvoyConfig config =
 *     EnvoyConfigInspector.create().read(ConfigSource.file(Path.of("config_dump.json")));
 * config.route("8000").orElseThrow().virtualHosts().forEach(host -> host.domains());
 * }</pre>
 *
 * <p>Everything that is thrown for bad input or a source that does not answer is an {@link
 * dev.pilothouse.envoy.EnvoyConfigException}.
 */
@NullMarked
package dev.pilothouse.envoy;

import org.jspecify.annotations.NullMarked;
