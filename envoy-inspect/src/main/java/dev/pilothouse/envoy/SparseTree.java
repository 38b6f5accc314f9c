package dev.pilothouse.envoy;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.util.Set;

/**
 * A tree without some fields. A virtual host is half retry policies, which no typed view looks at;
 * a tree of them would take longer than all the rest.
 */
final class SparseTree {
  private final JsonParser parser;
  private final Set<String> without;

  SparseTree(JsonParser parser, Set<String> without) {
    this.parser = parser;
    this.without = without;
  }

  /** The value that the parser stands at; moves to its end. */
  JsonNode read() throws IOException {
    JsonToken token = parser.currentToken();
    return switch (token) {
      case START_OBJECT -> object();
      case START_ARRAY -> array();
      case VALUE_STRING -> TextNode.valueOf(parser.getText());
      default -> parser.readValueAsTree();
    };
  }

  private ObjectNode object() throws IOException {
    ObjectNode object = Json.MAPPER.createObjectNode();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      if (without.contains(name)) {
        parser.skipChildren();
      } else {
        object.set(name, read());
      }
    }
    return object;
  }

  private ArrayNode array() throws IOException {
    ArrayNode array = Json.MAPPER.createArrayNode();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      array.add(read());
    }
    return array;
  }
}
