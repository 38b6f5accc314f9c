package dev.pilothouse.toolbox;

import java.nio.file.Path;

/**
 * The files of Istio, beside its binaries, that a running mesh needs. They come from the pinned
 * Istio module ({@link GoModule#ISTIO}), and are kept in the cache.
 *
 * @param directory the folder that holds them
 * @param version the version of the Istio module, with its leading {@code v}
 */
public record IstioFiles(Path directory, String version) {
  static final String CUSTOM_RESOURCE_DEFINITIONS = "crd-all.gen.yaml";
  static final String BOOTSTRAP_TEMPLATE = "envoy_bootstrap.json";

  /**
   * All of Istio's CustomResourceDefinitions.
   *
   * @return a YAML file of several documents
   */
  public Path customResourceDefinitions() {
    return directory.resolve(CUSTOM_RESOURCE_DEFINITIONS);
  }

  /**
   * The template from which pilot-agent makes Envoy's bootstrap.
   *
   * @return a Go template of a JSON file
   */
  public Path bootstrapTemplate() {
    return directory.resolve(BOOTSTRAP_TEMPLATE);
  }
}
