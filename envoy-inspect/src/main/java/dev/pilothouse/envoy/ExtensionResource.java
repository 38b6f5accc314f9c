package dev.pilothouse.envoy;

import dev.pilothouse.envoy.DumpScanner.Scanned;

/** The configuration of a filter that came from ECDS. */
public final class ExtensionResource extends Resource {
  private record View(String configTypeUrl) {}

  ExtensionResource(Scanned found, Content content) {
    super(found, content);
  }

  /**
   * What kind of filter it configures.
   *
   * @return the type of the configuration, as {@code
   *     type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm}; empty when there is none
   * @throws EnvoyConfigException if something in it has another type than it should
   */
  public String configTypeUrl() {
    return content()
        .view(View.class, json -> new View(json.object("typed_config").text("@type")))
        .configTypeUrl();
  }
}
