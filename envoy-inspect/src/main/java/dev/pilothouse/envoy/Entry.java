package dev.pilothouse.envoy;

import com.fasterxml.jackson.core.JsonToken;
import dev.pilothouse.envoy.DumpScanner.Scanned;
import dev.pilothouse.envoy.Resource.State;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One entry of a section while its fields are met, in any order. It becomes one resource; a dynamic
 * listener becomes one for each state that it is in.
 */
final class Entry {
  private final Document document;
  private final ConfigSection section;
  private final String pointer;
  private final boolean stateKnown;
  private final List<Slice> payloads = new ArrayList<>(1);
  private final List<StateSlice> states = new ArrayList<>(1);
  private String name = "";
  private String version = "";
  private @Nullable Instant lastUpdated;

  private record StateSlice(
      State state,
      String version,
      @Nullable Instant lastUpdated,
      String reason,
      @Nullable Slice payload,
      String pointer) {}

  Entry(Document document, ConfigSection section, String pointer, boolean stateKnown) {
    this.document = document;
    this.section = section;
    this.pointer = pointer;
    this.stateKnown = stateKnown;
  }

  /** Takes the field that the cursor stands at; false if it is not known here. */
  boolean take(String field, JsonCursor cursor) throws IOException {
    if (field.equals(section.payloadField())) {
      takePayload(cursor);
      return true;
    }
    switch (field) {
      case "name" -> name = cursor.text();
      case "version_info" -> version = cursor.text();
      case "last_updated" -> lastUpdated = cursor.instant();
      case "active_state" -> takeState(State.ACTIVE, cursor);
      case "warming_state" -> takeState(State.WARMING, cursor);
      case "draining_state" -> takeState(State.DRAINING, cursor);
      case "error_state" -> takeState(State.REJECTED, cursor);
      case "@type", "client_status" -> cursor.skip();
      default -> {
        return false;
      }
    }
    return true;
  }

  List<Scanned> resources() {
    List<Scanned> found = new ArrayList<>(payloads.size() + states.size());
    for (Slice payload : payloads) {
      found.add(resource(payload));
    }
    for (StateSlice s : states) {
      String payloadName = s.payload == null ? "" : s.payload.name();
      found.add(
          new Scanned(
              section,
              s.state,
              name.isEmpty() ? payloadName : name,
              s.version,
              s.lastUpdated,
              s.reason,
              document,
              s.payload,
              s.pointer));
    }
    // A mask may have left nothing but the name.
    if (found.isEmpty() && !name.isEmpty()) {
      found.add(resource(null));
    }
    return found;
  }

  private Scanned resource(@Nullable Slice payload) {
    String own = payload == null || payload.name().isEmpty() ? name : payload.name();
    return new Scanned(
        section,
        stateKnown ? section.state() : State.UNKNOWN,
        own,
        version,
        lastUpdated,
        "",
        document,
        payload,
        payload == null ? pointer : payload.pointer());
  }

  private void takePayload(JsonCursor cursor) throws IOException {
    if (cursor.atNull()) {
      return;
    }
    if (cursor.at(JsonToken.START_ARRAY) && section.payloadField().endsWith("configs")) {
      while (cursor.nextElement()) {
        payloads.add(cursor.slice());
        DumpScanner.bound(cursor, payloads.size());
      }
    } else {
      payloads.add(cursor.slice(section.parts()));
    }
  }

  private void takeState(State state, JsonCursor cursor) throws IOException {
    if (cursor.atNull()) {
      return;
    }
    cursor.require(JsonToken.START_OBJECT, "an object");
    String statePointer = cursor.pointer();
    String stateVersion = "";
    Instant updated = null;
    String reason = "";
    Slice payload = null;
    while (cursor.nextField()) {
      switch (JsonNames.snake(cursor.field())) {
        case "version_info" -> stateVersion = cursor.text();
        case "last_updated", "last_update_attempt" -> updated = cursor.instant();
        case "details" -> reason = cursor.text();
        case "listener", "failed_configuration" ->
            payload = cursor.atNull() ? null : cursor.slice();
        default -> cursor.skip();
      }
    }
    states.add(
        new StateSlice(
            state,
            stateVersion,
            updated,
            reason,
            payload,
            payload == null ? statePointer : payload.pointer()));
    DumpScanner.bound(cursor, states.size());
  }
}
