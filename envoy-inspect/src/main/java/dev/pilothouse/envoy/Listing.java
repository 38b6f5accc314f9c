package dev.pilothouse.envoy;

import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What {@code istioctl proxy-config … -o json} prints: resources in a plain array without their
 * types, or one part of a dump alone. It is made a dump of, in which the same JSON is at the place
 * that it has in Envoy's.
 */
final class Listing {
  /** The resources that istioctl lists, each with fields that no other has. */
  private static final List<Kind> KINDS =
      List.of(
          new Kind(
              ConfigSection.DYNAMIC_LISTENERS,
              "filter_chains",
              "default_filter_chain",
              "listener_filters",
              "traffic_direction",
              "address"),
          new Kind(
              ConfigSection.DYNAMIC_ACTIVE_CLUSTERS,
              "connect_timeout",
              "eds_cluster_config",
              "load_assignment",
              "lb_policy",
              "circuit_breakers",
              "cluster_type"),
          new Kind(
              ConfigSection.DYNAMIC_ROUTE_CONFIGS,
              "virtual_hosts",
              "validate_clusters",
              "max_direct_response_body_size_bytes",
              "ignore_port_in_host_matching"),
          new Kind(ConfigSection.DYNAMIC_ENDPOINT_CONFIGS, "cluster_name"));

  private record Kind(ConfigSection section, Set<String> fields) {
    Kind(ConfigSection section, String... fields) {
      this(section, Set.of(fields));
    }

    static @Nullable Kind of(Set<String> names) {
      for (Kind kind : KINDS) {
        if (kind.fields.stream().anyMatch(names::contains)) {
          return kind;
        }
      }
      return null;
    }
  }

  private record Element(int start, int end) {}

  private Listing() {}

  /** The document as a dump; the same if it is none of istioctl's. */
  static Document asDump(Document document) {
    if (!document.looksLikeJson()) {
      return document;
    }
    try (JsonCursor cursor = JsonCursor.before(document)) {
      cursor.next();
      return cursor.at(JsonToken.START_ARRAY) ? list(document) : part(document, cursor);
    } catch (IOException e) {
      // Broken near its start: the one who reads it whole says where.
      return document;
    }
  }

  /** One part of a dump alone. */
  private static Document part(Document document, JsonCursor cursor) throws IOException {
    int start = cursor.offset() + 1;
    ConfigSection section = cursor.nextField() ? ConfigSection.ofField(cursor.field()) : null;
    if (section == null) {
      return document;
    }
    cursor.skip();
    while (cursor.nextField()) {
      cursor.skip(); // what is broken is told of as it was written
    }
    byte[] bytes = document.bytes();
    byte[] before = ascii(open(section) + " ");
    ByteArrayOutputStream dump = new ByteArrayOutputStream(bytes.length + before.length + 2);
    dump.writeBytes(before);
    dump.write(bytes, start, bytes.length - start);
    dump.writeBytes(ascii("]}"));
    return document.rewritten(dump.toByteArray(), before.length - start);
  }

  /** An array; what is wrong with it is told without secrets. */
  private static Document list(Document read) throws IOException {
    Document document = read.withBytes(SecretText.blank(read.bytes()));
    try (JsonCursor cursor = JsonCursor.before(document)) {
      cursor.next();
      try {
        return list(document, cursor);
      } catch (IOException e) {
        throw cursor.broken(e);
      }
    }
  }

  private static Document list(Document document, JsonCursor cursor) throws IOException {
    List<Element> elements = new ArrayList<>();
    Kind kind = null;
    while (cursor.nextElement()) {
      if (!cursor.at(JsonToken.START_OBJECT)) {
        return document;
      }
      int start = cursor.offset();
      Set<String> fields = new HashSet<>();
      while (cursor.nextField()) {
        fields.add(JsonNames.snake(cursor.field()));
        cursor.skip();
      }
      Kind own = Kind.of(fields);
      if (own != null && kind != null && !own.equals(kind)) {
        return document;
      }
      kind = own == null ? kind : own;
      elements.add(new Element(start, cursor.end()));
      DumpScanner.bound(cursor, elements.size());
    }
    return kind == null || cursor.next() != null
        ? document
        : document.rewritten(dump(document.bytes(), kind.section, elements), Document.NOWHERE);
  }

  private static byte[] dump(byte[] bytes, ConfigSection section, List<Element> elements) {
    boolean stateful = section == ConfigSection.DYNAMIC_LISTENERS;
    String payload = stateful ? "listener" : section.payloadField();
    byte[] before = ascii((stateful ? "{\"active_state\": " : "") + "{\"" + payload + "\": ");
    byte[] after = ascii(stateful ? "}}" : "}");
    ByteArrayOutputStream dump = new ByteArrayOutputStream(bytes.length + 64 * elements.size());
    dump.writeBytes(ascii(open(section) + " \"" + section.fieldName() + "\": ["));
    for (int i = 0; i < elements.size(); i++) {
      Element element = elements.get(i);
      dump.writeBytes(ascii(i == 0 ? "" : ","));
      dump.writeBytes(before);
      dump.write(bytes, element.start(), element.end() - element.start());
      dump.writeBytes(after);
    }
    dump.writeBytes(ascii("]}]}"));
    return dump.toByteArray();
  }

  private static String open(ConfigSection section) {
    return "{\"configs\": [{\"@type\": \"" + section.dumpTypeUrl() + "\",";
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
