package dev.pilothouse.toolbox;

import java.nio.file.Path;

/**
 * The sources of the pinned Istio module, as Go keeps them: to read, not to write.
 *
 * @param directory the module's folder in Go's module cache
 * @param version its version, with its leading {@code v}
 * @param goModDirectory a folder with the go.mod and go.sum that pin it ({@link GoModule#ISTIO});
 *     not to be written either
 */
public record IstioModule(Path directory, String version, Path goModDirectory) {}
