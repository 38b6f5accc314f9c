package dev.pilothouse.envoy;

/**
 * A header that Envoy sets.
 *
 * @param name the header's name, as configured
 * @param value its value, substitutions not made
 * @param action Envoy's {@code append_action}, as {@code OVERWRITE_IF_EXISTS_OR_ADD}
 */
public record HeaderToAdd(String name, String value, String action) {
  static HeaderToAdd of(JsonObject json) {
    JsonObject header = json.object("header");
    String action = json.text("append_action");
    return new HeaderToAdd(
        header.text("key"),
        header.text("value"),
        action.isEmpty() ? "APPEND_IF_EXISTS_OR_ADD" : action);
  }
}
