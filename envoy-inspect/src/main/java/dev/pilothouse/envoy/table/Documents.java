package dev.pilothouse.envoy.table;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.core.util.Separators.Spacing;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import dev.pilothouse.envoy.Resource;
import java.util.List;

/** Writes resources as documents. */
final class Documents {
  private static final ObjectWriter JSON = new ObjectMapper().writer(indented());
  private static final ObjectWriter YAML =
      new ObjectMapper(
              YAMLFactory.builder()
                  .stringQuotingChecker(new YamlQuotes())
                  .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                  .disable(YAMLGenerator.Feature.SPLIT_LINES)
                  .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                  .enable(YAMLGenerator.Feature.INDENT_ARRAYS_WITH_INDICATOR)
                  .build())
          .writer();

  private Documents() {}

  static String json(List<? extends Resource> resources) {
    return write(JSON, array(resources));
  }

  static String yaml(List<? extends Resource> resources) {
    return write(YAML, array(resources));
  }

  static String json(JsonNode node) {
    return write(JSON, node);
  }

  static String yaml(JsonNode node) {
    return write(YAML, node);
  }

  private static ArrayNode array(List<? extends Resource> resources) {
    ArrayNode array = Fields.NODES.arrayNode();
    resources.forEach(resource -> array.add(resource.raw()));
    return array;
  }

  private static String write(ObjectWriter writer, JsonNode node) {
    try {
      String text = writer.writeValueAsString(node);
      return text.endsWith("\n") ? text : text + "\n";
    } catch (JacksonException e) {
      throw new IllegalStateException("a tree that was read cannot be written", e);
    }
  }

  /** With line feeds on every system. */
  private static DefaultPrettyPrinter indented() {
    DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
    Separators separators =
        Separators.createDefaultInstance()
            .withObjectFieldValueSpacing(Spacing.AFTER)
            .withObjectEmptySeparator("")
            .withArrayEmptySeparator("");
    return new DefaultPrettyPrinter(separators)
        .withObjectIndenter(indenter)
        .withArrayIndenter(indenter);
  }
}
