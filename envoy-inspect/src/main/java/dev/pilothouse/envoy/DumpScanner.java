package dev.pilothouse.envoy;

import com.fasterxml.jackson.core.JsonToken;
import dev.pilothouse.envoy.Resource.State;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds the resources of a dump in one pass over its tokens, and where each lies. Nothing else is
 * kept: a resource's JSON is read when it is asked for.
 */
final class DumpScanner {
  // Many times what the largest mesh has: a document of nothing but tiny entries must not fill the
  // heap.
  private static final int MAX_RESOURCES = 1_000_000;

  private final List<Scanned> resources = new ArrayList<>();
  private final List<Unknown> unknown = new ArrayList<>();
  private final List<Document> documents = new ArrayList<>();
  private final List<Slice> hosts = new ArrayList<>();
  private SavedNote note = SavedNote.NONE;
  private @Nullable Slice noted;
  private HostStatuses statuses = HostStatuses.NONE;
  private int configs;

  /** A resource that was found. */
  record Scanned(
      ConfigSection section,
      State state,
      String name,
      String version,
      @Nullable Instant lastUpdated,
      String reason,
      Document document,
      @Nullable Slice payload,
      String pointer) {
    Scanned in(Document other) {
      return new Scanned(
          section, state, name, version, lastUpdated, reason, other, payload, pointer);
    }
  }

  /** The documents that were scanned, without secrets. */
  List<Document> documents() {
    return documents;
  }

  /** What a saved dump says of itself. */
  SavedNote note() {
    return note;
  }

  HostStatuses statuses() {
    return statuses;
  }

  List<Scanned> resources() {
    return resources;
  }

  List<Unknown> unknown() {
    return unknown;
  }

  void scan(Document read) {
    NotADump.refuseOtherEncoding(read);
    Document document = Listing.asDump(read);
    SecretSearch search = SecretSearch.of(document.bytes());
    hosts.clear();
    noted = null;
    JsonCursor cursor = open(document, search);
    int first = resources.size();
    Document redacted;
    try (cursor) {
      scanRoot(document, cursor);
      redacted = cursor.redacted(document.withBytes(search.bytes()));
      if (noted != null) {
        note = SavedNote.of(redacted, noted);
      }
    } catch (IOException e) {
      throw cursor.broken(e);
    }
    documents.add(redacted);
    if (!hosts.isEmpty()) {
      statuses = HostStatuses.of(redacted, hosts);
    }
    if (redacted.bytes() != document.bytes()) {
      List<Scanned> own = resources.subList(first, resources.size());
      own.replaceAll(found -> found.in(redacted));
    }
  }

  private JsonCursor open(Document document, SecretSearch search) {
    try {
      return JsonCursor.before(document, search, configs);
    } catch (IOException e) {
      throw new EnvoyConfigException(
          "reading " + document.name(), String.valueOf(e.getMessage()), "", e);
    }
  }

  private void scanRoot(Document document, JsonCursor cursor) throws IOException {
    if (!document.looksLikeJson() && !cursor.atLoneValue()) {
      String text = document.excerpt();
      String found = text.isEmpty() ? "it is empty" : "it is no JSON: " + text;
      throw cursor.wrong(found, NotADump.ADVICE);
    }
    if (document.looksLikeJson()) {
      cursor.next();
    }
    if (!cursor.at(JsonToken.START_OBJECT)) {
      throw cursor.wrong(
          "it is JSON, but no config dump: it is " + cursor.found(), NotADump.ADVICE);
    }
    boolean found = false;
    Set<String> others = new TreeSet<>();
    while (cursor.nextField()) {
      if (cursor.field().equals("configs")) {
        found = true;
        scanConfigs(document, cursor);
      } else if (cursor.field().equals(SavedNote.FIELD) && cursor.at(JsonToken.START_OBJECT)) {
        noted = cursor.slice();
      } else if (cursor.field().equals(HostStatuses.FIELD) && cursor.at(JsonToken.START_ARRAY)) {
        // Alone it is no configuration.
        found = !documents.isEmpty() || found;
        others.add(HostStatuses.FIELD);
        while (cursor.nextElement()) {
          hosts.add(cursor.slice());
          bound(cursor, hosts.size());
        }
      } else {
        if (others.add(cursor.field())) {
          unknown(Unknown.Kind.FIELD, "ConfigDump." + cursor.field(), cursor);
        }
        cursor.skip();
      }
    }
    if (!found && !others.isEmpty()) {
      throw EnvoyConfigException.at(
          document.place("", 0),
          "reading " + document.name(),
          NotADump.describe(others),
          NotADump.ADVICE,
          null);
    }
    if (cursor.next() != null) {
      throw cursor.wrong("there is more after the end of the JSON", "");
    }
  }

  private void scanConfigs(Document document, JsonCursor cursor) throws IOException {
    if (cursor.atNull()) {
      return;
    }
    cursor.require(JsonToken.START_ARRAY, "an array");
    while (cursor.nextElement()) {
      scanElement(document, cursor);
      configs++;
    }
  }

  /** An element says what it is by its type: Envoy writes that first, other tools may not. */
  private void scanElement(Document document, JsonCursor cursor) throws IOException {
    cursor.require(JsonToken.START_OBJECT, "an object");
    int start = cursor.offset();
    String pointer = cursor.pointer();
    boolean atValue = cursor.nextField();
    if (atValue && cursor.field().equals("@type")) {
      String type = cursor.text();
      ConfigSection bare = ConfigSection.ofResource(type);
      if (bare == null) {
        scanTyped(document, cursor, type, pointer);
      } else {
        addBare(document, cursor, bare, cursor.sliceFrom(start, pointer, true, bare.parts()));
      }
      return;
    }
    Slice whole = cursor.sliceFrom(start, pointer, atValue, "");
    ConfigSection bare = ConfigSection.ofResource(whole.type());
    if (bare != null) {
      addBare(document, cursor, bare, whole);
      return;
    }
    try (JsonCursor part = cursor.into(whole)) {
      part.next();
      scanTyped(document, part, whole.type(), pointer);
    }
  }

  /** istiod, asked for {@code types=}, answers with the resources alone. */
  private void addBare(
      Document document, JsonCursor cursor, ConfigSection section, Slice resource) {
    resources.add(
        new Scanned(
            section,
            State.UNKNOWN,
            resource.name(),
            "",
            null,
            "",
            document,
            resource,
            resource.pointer()));
    bound(cursor, resources.size());
  }

  private void scanTyped(Document document, JsonCursor cursor, String type, String pointer)
      throws IOException {
    if (type.isEmpty()) {
      throw cursor.wrong("a part of the dump has no @type", NotADump.ADVICE);
    }
    String message = type.substring(type.lastIndexOf('/') + 1);
    ConfigSection entry = ConfigSection.ofEntry(message, document.section());
    if (ConfigSection.isDump(message)) {
      scanDump(document, cursor, message, pointer);
    } else if (entry != null) {
      boolean stateKnown = document.section() == entry || !entry.sharesEntryType();
      scanEntry(document, cursor, entry, stateKnown, pointer);
    } else {
      unknown.add(new Unknown(Unknown.Kind.SECTION, type, pointer));
      bound(cursor, unknown.size());
      while (cursor.nextField()) {
        cursor.skip();
      }
    }
  }

  private void scanDump(Document document, JsonCursor cursor, String message, String pointer)
      throws IOException {
    if (ConfigSection.ofField(message, "bootstrap") != null) {
      scanEntry(document, cursor, ConfigSection.BOOTSTRAP, true, pointer);
      return;
    }
    while (cursor.nextField()) {
      String field = cursor.field();
      ConfigSection section = ConfigSection.ofField(message, field);
      if (section != null) {
        scanSection(document, cursor, section);
      } else if (field.equals("@type") || JsonNames.snake(field).equals("version_info")) {
        cursor.text();
      } else {
        unknown(Unknown.Kind.FIELD, message + "." + field, cursor);
        cursor.skip();
      }
    }
  }

  private void scanSection(Document document, JsonCursor cursor, ConfigSection section)
      throws IOException {
    if (cursor.atNull()) {
      return;
    }
    cursor.require(JsonToken.START_ARRAY, "an array");
    while (cursor.nextElement()) {
      cursor.require(JsonToken.START_OBJECT, "an object");
      scanEntry(document, cursor, section, true, cursor.pointer());
    }
  }

  /** Reads what is left of the object that the cursor stands in. */
  private void scanEntry(
      Document document,
      JsonCursor cursor,
      ConfigSection section,
      boolean stateKnown,
      String pointer)
      throws IOException {
    Entry entry = new Entry(document, section, pointer, stateKnown);
    while (cursor.nextField()) {
      String field = JsonNames.snake(cursor.field());
      if (!entry.take(field, cursor)) {
        unknown(Unknown.Kind.FIELD, section.fieldName() + "." + field, cursor);
        cursor.skip();
      }
    }
    resources.addAll(entry.resources());
    bound(cursor, resources.size());
  }

  private void unknown(Unknown.Kind kind, String name, JsonCursor cursor) {
    unknown.add(new Unknown(kind, name, cursor.pointer()));
    bound(cursor, unknown.size());
  }

  static void bound(JsonCursor cursor, int size) {
    if (size > MAX_RESOURCES) {
      throw cursor.wrong("it has more than " + MAX_RESOURCES + " resources", NotADump.ADVICE);
    }
  }
}
