package dev.pilothouse.envoy;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes a configuration as one config dump, which this library and others can read. The JSON of
 * the documents is copied as it is.
 */
final class DumpWriter {
  private final ConfigDump dump;
  private final SavedNote note;
  private final Map<String, byte[]> otherFields = new LinkedHashMap<>();
  private boolean first = true;

  DumpWriter(ConfigDump dump, SavedNote note) {
    this.dump = dump;
    this.note = note;
  }

  /** Writes a file that only its owner can read, all of it or nothing. */
  void save(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    Path part = null;
    try {
      // Such a file is its owner's alone from the start, where the file system knows owners.
      part = Files.createTempFile(folder, ".dump", ".part");
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(part), 1 << 16)) {
        write(out);
      }
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new EnvoyConfigException(
          "saving a configuration to " + file, String.valueOf(e), "check the folder", e);
    } finally {
      delete(part);
    }
  }

  private void write(OutputStream out) throws IOException {
    put(out, "{\"" + SavedNote.FIELD + "\": " + note.json() + ",\n\"configs\": [");
    for (Document document : dump.documents()) {
      try (JsonCursor cursor = JsonCursor.before(document)) {
        cursor.next();
        writeFields(document, cursor, out);
      }
    }
    ArrayNode discovered = Json.MAPPER.createArrayNode();
    dump.layout().writeTo(discovered);
    for (JsonNode config : discovered) {
      separate(out);
      out.write(Json.MAPPER.writeValueAsBytes(config));
    }
    put(out, "]");
    for (Map.Entry<String, byte[]> field : otherFields.entrySet()) {
      put(out, ",\n" + Json.MAPPER.writeValueAsString(field.getKey()) + ": ");
      out.write(field.getValue());
    }
    put(out, "}\n");
  }

  private void writeFields(Document document, JsonCursor cursor, OutputStream out)
      throws IOException {
    while (cursor.nextField()) {
      String field = cursor.field();
      if (field.equals("configs") && cursor.at(JsonToken.START_ARRAY)) {
        while (cursor.nextElement()) {
          writeElement(document, cursor.slice(), out);
        }
      } else if (field.equals(SavedNote.FIELD)) {
        cursor.skip();
      } else {
        int start = cursor.offset();
        otherFields.put(field, Arrays.copyOfRange(document.bytes(), start, cursor.skipToEnd()));
      }
    }
  }

  /**
   * An answer to {@code resource=} does not say of which section it is; in a dump that is told by
   * the field around it.
   */
  private void writeElement(Document document, Slice element, OutputStream out) throws IOException {
    ConfigSection section = document.section();
    String type = element.type().substring(element.type().lastIndexOf('/') + 1);
    boolean bare = section != null && section == ConfigSection.ofEntry(type, section);
    separate(out);
    if (bare && section != null) {
      put(out, "{\"@type\": \"" + section.dumpTypeUrl() + "\", \"" + section.fieldName() + "\": [");
    }
    out.write(document.bytes(), element.start(), element.length());
    put(out, bare ? "]}" : "");
  }

  private void separate(OutputStream out) throws IOException {
    put(out, first ? "\n" : ",\n");
    first = false;
  }

  private static void put(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void delete(@Nullable Path part) {
    if (part != null) {
      try {
        Files.deleteIfExists(part);
      } catch (IOException e) {
        throw new EnvoyConfigException("deleting " + part, String.valueOf(e), "delete it", e);
      }
    }
  }
}
