package dev.pilothouse.envoy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a saved dump says beside Envoy's own words, in a field of its own that other tools pass
 * over.
 *
 * @param source where the configuration was read from
 * @param labels its labels
 * @param omissions what that source could not deliver
 */
record SavedNote(String source, Map<String, String> labels, List<Omission> omissions) {
  static final String FIELD = "pilothouse";
  private static final int LARGEST = 1 << 20;

  static final SavedNote NONE = new SavedNote("", Map.of(), List.of());

  String json() {
    ObjectNode note = Json.MAPPER.createObjectNode();
    note.put("source", source);
    ObjectNode names = note.putObject("labels");
    labels.forEach(names::put);
    ArrayNode parts = note.putArray("omissions");
    for (Omission omission : omissions) {
      parts.addObject().put("part", omission.part()).put("reason", omission.reason());
    }
    return note.toString();
  }

  /** Takes what it finds; whoever edits the file may take out the rest. */
  static SavedNote of(Document document, Slice place) throws IOException {
    if (place.length() > LARGEST) {
      return NONE;
    }
    JsonNode note = Json.MAPPER.readTree(document.bytes(), place.start(), place.length());
    Map<String, String> labels = new HashMap<>();
    for (Map.Entry<String, JsonNode> label : note.path("labels").properties()) {
      labels.put(label.getKey(), label.getValue().asText());
    }
    List<Omission> omissions = new ArrayList<>();
    for (JsonNode part : note.path("omissions")) {
      omissions.add(new Omission(part.path("part").asText(), part.path("reason").asText()));
    }
    return new SavedNote(note.path("source").asText(), Map.copyOf(labels), List.copyOf(omissions));
  }
}
