package dev.pilothouse.envoy.assertj;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator.Feature;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes expected and actual as YAML, in protobuf's field names. */
final class Yaml {
  private static final ObjectMapper MAPPER =
      new ObjectMapper(
          YAMLFactory.builder()
              .disable(Feature.WRITE_DOC_START_MARKER)
              .disable(Feature.SPLIT_LINES)
              .enable(Feature.MINIMIZE_QUOTES)
              // "8000" and "true" as names stay texts.
              .enable(Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
              .build());
  private static final ObjectMapper JSON = new ObjectMapper();

  private Yaml() {}

  /** Any value of maps, lists, texts, numbers and protobuf messages. */
  static String of(Object value) {
    try {
      return MAPPER.writeValueAsString(plain(value)).stripTrailing();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot be written as YAML: " + value, e);
    }
  }

  /** A value under a path of fields, as {@code field("route.timeout", "5s")}. */
  static Map<String, Object> field(String path, Object value) {
    int dot = path.indexOf('.');
    Map<String, Object> map = new LinkedHashMap<>();
    if (dot < 0) {
      map.put(path, value);
    } else {
      map.put(path.substring(0, dot), field(path.substring(dot + 1), value));
    }
    return map;
  }

  private static Object plain(Object value) throws JsonProcessingException {
    if (value instanceof Message message) {
      return plain(message);
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, Object> plain = new LinkedHashMap<>();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        plain.put(String.valueOf(entry.getKey()), plain(entry.getValue()));
      }
      return plain;
    }
    if (value instanceof Iterable<?> list) {
      List<Object> plain = new ArrayList<>();
      for (Object element : list) {
        plain.add(plain(element));
      }
      return plain;
    }
    return value;
  }

  private static Object plain(Message message) throws JsonProcessingException {
    try {
      return JSON.readTree(JsonFormat.printer().preservingProtoFieldNames().print(message));
    } catch (InvalidProtocolBufferException e) {
      // An Any in it, whose type the printer was not told.
      return message.toString();
    }
  }
}
