package dev.pilothouse.envoy.admin;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Envoy's runtime values.
 *
 * @param layers the layers' names, the one that wins last
 * @param entries the values by key
 */
public record RuntimeValues(List<String> layers, SortedMap<String, Entry> entries) {
  /** Copies both. */
  public RuntimeValues {
    layers = List.copyOf(layers);
    entries = Collections.unmodifiableSortedMap(new TreeMap<>(entries));
  }

  /**
   * The values of a key.
   *
   * @param layerValues what each layer says, in the order of the layers; empty for nothing
   * @param finalValue what holds
   */
  public record Entry(List<String> layerValues, String finalValue) {
    /** Copies the list. */
    public Entry {
      layerValues = List.copyOf(layerValues);
    }
  }

  /**
   * The value that holds.
   *
   * @param key its key
   * @return the value, or empty when no layer has one
   */
  public Optional<String> value(String key) {
    return Optional.ofNullable(entries.get(key)).map(Entry::finalValue);
  }

  static RuntimeValues of(JsonNode json) {
    SortedMap<String, Entry> entries = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : json.path("entries").properties()) {
      JsonNode value = entry.getValue();
      entries.put(
          entry.getKey(), new Entry(texts(value.path("layer_values")), text(value, "final_value")));
    }
    return new RuntimeValues(texts(json.path("layers")), entries);
  }

  private static String text(JsonNode json, String field) {
    return json.path(field).asText("");
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(each -> texts.add(each.asText("")));
    return texts;
  }
}
