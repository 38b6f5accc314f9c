package dev.pilothouse.image;

import java.nio.file.Path;

/**
 * What a sidecar's image is made of.
 *
 * @param agent pilot-agent, for Linux
 * @param envoy Envoy, for Linux
 * @param bootstrapTemplate Istio's {@code tools/packaging/common/envoy_bootstrap.json}
 */
public record ProxyFiles(Path agent, Path envoy, Path bootstrapTemplate) {}
