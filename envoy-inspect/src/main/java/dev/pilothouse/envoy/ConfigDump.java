package dev.pilothouse.envoy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What a source delivered, before it is read: one document, or several that together are one
 * configuration. Equal when the bytes are equal. Immutable and safe for use by several threads.
 */
public final class ConfigDump {
  private final List<Document> documents;
  private final List<DiscoveredResource> discovered;
  private final List<Omission> omissions;
  private final Memo<DiscoveredLayout> layout = new Memo<>();

  ConfigDump(List<Document> documents, List<Omission> omissions) {
    this(documents, List.of(), omissions);
  }

  private ConfigDump(
      List<Document> documents, List<DiscoveredResource> discovered, List<Omission> omissions) {
    this.documents = List.copyOf(documents);
    this.discovered = List.copyOf(discovered);
    this.omissions = List.copyOf(omissions);
  }

  /**
   * A dump that is one JSON document.
   *
   * @param name names it in messages, as a path or an address
   * @param json UTF-8, or UTF-16 with a byte order mark; not copied, so it must not be changed
   *     afterwards
   * @return the dump
   */
  public static ConfigDump of(String name, byte[] json) {
    return new ConfigDump(List.of(Document.of(name, json, null)), List.of());
  }

  /**
   * A dump that is the answer to {@code /config_dump?resource=}. Its type alone does not tell
   * whether clusters and secrets are active or warming; the section does.
   *
   * @param name names it in messages
   * @param section the section that was asked for
   * @param json the answer; not copied, so it must not be changed afterwards
   * @return the dump
   */
  public static ConfigDump ofSection(String name, ConfigSection section, byte[] json) {
    return new ConfigDump(List.of(Document.of(name, json, section)), List.of());
  }

  /**
   * A dump that is no JSON yet: resources as a control plane sent them.
   *
   * @param resources the resources, in the order in which the configuration shall have them
   * @return the dump
   */
  public static ConfigDump ofResources(List<DiscoveredResource> resources) {
    return new ConfigDump(List.of(), resources, List.of());
  }

  /** The same resources, with what reading has made of the documents. */
  ConfigDump with(List<Document> read, List<Omission> all) {
    return new ConfigDump(read, discovered, all);
  }

  List<DiscoveredResource> discovered() {
    return discovered;
  }

  DiscoveredLayout layout() {
    return layout.get(() -> new DiscoveredLayout(discovered));
  }

  List<Document> documents() {
    return documents;
  }

  List<Omission> omissions() {
    return omissions;
  }

  /** All documents as one tree. */
  JsonNode raw() {
    ObjectNode whole = Json.MAPPER.createObjectNode();
    ArrayNode configs = whole.putArray("configs");
    for (Document document : documents) {
      for (Map.Entry<String, JsonNode> field : tree(document).properties()) {
        if (field.getKey().equals("configs")) {
          if (field.getValue() instanceof ArrayNode array) {
            configs.addAll(array);
          }
        } else if (!field.getKey().equals(SavedNote.FIELD)) {
          whole.set(field.getKey(), field.getValue());
        }
      }
    }
    layout().writeTo(configs);
    return whole;
  }

  private static JsonNode tree(Document document) {
    try {
      return Json.MAPPER.readTree(document.bytes());
    } catch (IOException e) {
      throw new EnvoyConfigException(
          "reading " + document.name(), String.valueOf(e.getMessage()), "", e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ConfigDump dump
        && documents.equals(dump.documents)
        && discovered.equals(dump.discovered)
        && omissions.equals(dump.omissions);
  }

  @Override
  public int hashCode() {
    return Objects.hash(documents, discovered, omissions);
  }

  /** Names the documents and their sizes; never shows their contents. */
  @Override
  public String toString() {
    return discovered.isEmpty()
        ? "ConfigDump" + documents
        : "ConfigDump[" + discovered.size() + " resources]";
  }
}
