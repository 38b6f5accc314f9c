package dev.pilothouse.cluster;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.pilothouse.cluster.Manifests.Document;
import dev.pilothouse.failure.PilothouseException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Parses the documents of manifests into resources; lists are taken apart. */
final class ManifestReader {
  private static final ObjectMapper YAML =
      YAMLMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** JSON may be indented by tabs, and YAML not, so it needs its own parser. */
  private static final Pattern JSON_OBJECT = Pattern.compile("\\s*\\{\\s*\"");

  private ManifestReader() {}

  /** All resources, in order; throws before anything is applied if one document is bad. */
  static List<Resource> read(Manifests manifests) {
    List<Resource> resources = new ArrayList<>();
    for (Document document : manifests.documents()) {
      boolean json = JSON_OBJECT.matcher(document.text()).lookingAt();
      JsonNode object = parse(document, json ? JSON : YAML);
      if (object.isMissingNode() || object.isNull()) {
        continue;
      }
      if (!object.isObject()) {
        throw bad(document.place(), "it holds no Kubernetes object but " + object.getNodeType());
      }
      JsonNode items = object.path("items");
      if (object.path("kind").asText().endsWith("List") && items.isArray()) {
        addItems(document.place(), object, resources);
      } else {
        resources.add(
            resource(document.place(), object, json ? object.toString() : document.text()));
      }
    }
    return resources;
  }

  private static JsonNode parse(Document document, ObjectMapper mapper) {
    // The parser counts lines from the text it gets; with the lines before it they are the file's.
    String text = "\n".repeat(document.line() - 1) + document.text();
    try {
      return mapper.readTree(text);
    } catch (JsonProcessingException e) {
      String where =
          e.getLocation() == null
              ? ""
              : " at line "
                  + e.getLocation().getLineNr()
                  + ", column "
                  + e.getLocation().getColumnNr();
      throw new PilothouseException(
          "reading " + document.place() + where, e.getOriginalMessage().strip(), "", null, e);
    }
  }

  private static void addItems(String place, JsonNode list, List<Resource> resources) {
    int number = 0;
    for (JsonNode item : list.path("items")) {
      number++;
      String itemPlace = place + ", item " + number;
      if (!(item instanceof ObjectNode object)) {
        throw bad(itemPlace, "it holds no Kubernetes object but " + item.getNodeType());
      }
      String listKind = list.path("kind").asText();
      if (!listKind.equals("List") && !object.has("kind")) {
        // The items of a typed list, as the API server gives them, leave out what the list says.
        object.put("kind", listKind.substring(0, listKind.length() - "List".length()));
        object.set("apiVersion", list.path("apiVersion"));
      }
      resources.add(resource(itemPlace, object, object.toString()));
    }
  }

  private static Resource resource(String place, JsonNode object, String body) {
    JsonNode metadata = object.path("metadata");
    String apiVersion = text(object.path("apiVersion"));
    String kind = text(object.path("kind"));
    String name = text(metadata.path("name"));
    if (apiVersion == null || kind == null || name == null) {
      String missing =
          apiVersion == null ? "apiVersion" : kind == null ? "kind" : "metadata.name of " + kind;
      throw bad(place, missing + " is missing");
    }
    return new Resource(
        place, apiVersion, kind, text(metadata.path("namespace")), name, object, body);
  }

  private static @Nullable String text(JsonNode node) {
    return node.isTextual() && !node.asText().isEmpty() ? node.asText() : null;
  }

  private static PilothouseException bad(String place, String why) {
    return new PilothouseException("reading " + place, why, "", null, null);
  }
}
