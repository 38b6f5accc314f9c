package dev.pilothouse.istiod;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.Nearest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Istio's mesh config: the profile's, with the user's merged over it. */
final class MeshConfig {
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  /** The first name of an enumeration is its default, which istiod does not show. */
  private static final Pattern NAME_OF_AN_ENUMERATION = Pattern.compile("[A-Z][A-Z0-9_]*");

  /**
   * Names that stand first in no enumeration of MeshConfig (in Istio's API 1.31): istiod shows
   * them, unless the field is one that it does not know. Of other names that cannot be told.
   */
  private static final Set<String> NEVER_A_DEFAULT =
      Set.of(
          "ALLOW_ANY",
          "ALLOW_ANY_DYNAMIC_DNS",
          "ALWAYS_FORWARD_ONLY",
          "APPEND_FORWARD",
          "B3",
          "BASE",
          "CANONICAL_NAME_AND_NAMESPACE",
          "CANONICAL_NAME_ONLY",
          "CLOUD_TRACE_CONTEXT",
          "DECODE_AND_MERGE_SLASHES",
          "FORWARD_ONLY",
          "GRPC_BIN",
          "INHERIT",
          "IN_MESH",
          "JSON",
          "KEEP_UNCHANGED",
          "LOCALHOST",
          "MERGE_SLASHES",
          "MUTUAL_TLS",
          "OFF",
          "REJECT_REQUEST",
          "SANITIZE",
          "SANITIZE_SET",
          "STRICT",
          "TLSV1_2",
          "TLSV1_3",
          "TPROXY",
          "UNESCAPE_AND_FORWARD",
          "UNESCAPE_AND_REDIRECT",
          "UPGRADE",
          "USE_B3_WITH_W3C_PROPAGATION",
          "W3C_TRACE_CONTEXT");

  private static final Pattern UNDERSCORE = Pattern.compile("_(.)");

  private final ObjectNode fields;

  private MeshConfig(ObjectNode fields) {
    this.fields = fields;
  }

  /** Objects are merged, anything else is replaced. */
  static MeshConfig of(MeshProfile profile, String yaml) {
    ObjectNode merged = parse("the profile's mesh config", profile.meshConfig());
    merge(merged, parse("the mesh config", yaml));
    return new MeshConfig(merged);
  }

  boolean isEmpty() {
    return fields.isEmpty();
  }

  String yaml() {
    try {
      return YAML.writeValueAsString(fields);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of plain values can always be written", e);
    }
  }

  /** The fields that a program does not know, as far as it shows which ones it does. */
  List<String> unknown(MeshConfigFields known) {
    return known.unknown(fields);
  }

  /**
   * The fields that istiod does not know: it ignores them in silence, so they are missing from what
   * it runs with. A field that is set to its default is not shown either, and not told here.
   */
  List<String> unknownFields(JsonNode running) {
    List<String> unknown = new ArrayList<>();
    compare("", fields, running, unknown);
    return unknown;
  }

  private static void compare(String path, JsonNode asked, JsonNode running, List<String> unknown) {
    for (Map.Entry<String, JsonNode> field : asked.properties()) {
      String name = field.getKey();
      JsonNode value = field.getValue();
      JsonNode there = running.get(name);
      if (there == null && name.indexOf('_') >= 0) {
        there = running.get(camelCase(name));
      }
      if (there != null) {
        compareValues(path + name, value, there, unknown);
      } else if (!mayBeDefault(value)) {
        TreeSet<String> others = new TreeSet<>();
        running.fieldNames().forEachRemaining(others::add);
        unknown.add(path + name + Nearest.suggestion(name, others));
      }
    }
  }

  private static void compareValues(
      String path, JsonNode asked, JsonNode running, List<String> unknown) {
    if (asked.isObject() && running.isObject()) {
      compare(path + ".", asked, running, unknown);
    } else if (asked.isArray() && running.isArray() && asked.size() == running.size()) {
      for (int i = 0; i < asked.size(); i++) {
        compareValues(path + "[" + i + "]", asked.get(i), running.get(i), unknown);
      }
    }
  }

  /** istiod takes {@code trust_domain} too, and shows {@code trustDomain}. */
  private static String camelCase(String name) {
    return UNDERSCORE.matcher(name).replaceAll(m -> m.group(1).toUpperCase(Locale.ROOT));
  }

  private static boolean mayBeDefault(JsonNode value) {
    return value.isNull()
        || (value.isBoolean() && !value.booleanValue())
        || (value.isNumber() && value.doubleValue() == 0)
        || (value.isContainerNode() && value.isEmpty())
        || (value.isTextual()
            && (value.textValue().isEmpty()
                || (NAME_OF_AN_ENUMERATION.matcher(value.textValue()).matches()
                    && !NEVER_A_DEFAULT.contains(value.textValue()))));
  }

  private static ObjectNode parse(String what, String yaml) {
    JsonNode tree;
    try {
      tree = yaml.isBlank() ? YAML.createObjectNode() : YAML.readTree(yaml);
    } catch (JsonProcessingException e) {
      throw new PilothouseException(
          "reading " + what,
          String.valueOf(e.getMessage()),
          "correct the YAML of IstiodSpec.meshConfig",
          null,
          e);
    }
    if (tree instanceof ObjectNode fields) {
      return fields;
    }
    if (tree.isNull() || tree.isMissingNode()) {
      return YAML.createObjectNode();
    }
    throw new PilothouseException(
        "reading " + what,
        "it is not a mapping of fields: " + yaml.strip(),
        "write it as MeshConfig in YAML, for example: accessLogFile: /dev/stdout",
        null,
        null);
  }

  private static void merge(ObjectNode target, ObjectNode over) {
    for (Map.Entry<String, JsonNode> field : over.properties()) {
      // istiod takes both spellings, and of a field that stands there twice the last one.
      String name = target.has(field.getKey()) ? field.getKey() : camelCase(field.getKey());
      if (!target.has(name)) {
        target.set(field.getKey(), field.getValue());
      } else if (field.getValue() instanceof ObjectNode child
          && target.get(name) instanceof ObjectNode present) {
        merge(present, child);
      } else {
        target.set(name, field.getValue());
      }
    }
  }
}
