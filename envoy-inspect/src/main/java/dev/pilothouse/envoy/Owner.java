package dev.pilothouse.envoy;

import java.util.Optional;

/**
 * The Istio object that a piece of configuration was made from. istiod writes it into {@code
 * metadata.filter_metadata.istio.config}.
 *
 * @param apiVersion for example {@code networking.istio.io/v1}
 * @param kind for example {@code VirtualService}
 * @param namespace its namespace; empty when it has none
 * @param name its name
 */
public record Owner(String apiVersion, String kind, String namespace, String name) {

  /**
   * Reads istiod's form of it.
   *
   * @param path as {@code /apis/networking.istio.io/v1/namespaces/default/virtual-service/httpbin}
   * @return the owner, or empty when the text has another form
   */
  public static Optional<Owner> parse(String path) {
    String[] parts = path.split("/", -1);
    if (parts.length == 8 && parts[1].equals("apis") && parts[4].equals("namespaces")) {
      return Optional.of(new Owner(parts[2] + "/" + parts[3], kind(parts[6]), parts[5], parts[7]));
    }
    return Optional.empty();
  }

  static Optional<Owner> of(JsonObject resource) {
    JsonObject istio = resource.object("metadata").object("filter_metadata").object("istio");
    return parse(istio.text("config"));
  }

  /** As {@code VirtualService default/httpbin}. */
  @Override
  public String toString() {
    return kind + " " + (namespace.isEmpty() ? "" : namespace + "/") + name;
  }

  /** istiod writes kinds as {@code virtual-service}. */
  private static String kind(String kebab) {
    StringBuilder camel = new StringBuilder(kebab.length());
    for (String word : kebab.split("-", -1)) {
      if (!word.isEmpty()) {
        camel.append(Character.toUpperCase(word.charAt(0))).append(word.substring(1));
      }
    }
    return camel.toString();
  }
}
