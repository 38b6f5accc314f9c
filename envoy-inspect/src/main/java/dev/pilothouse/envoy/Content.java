package dev.pilothouse.envoy;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Message;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a resource holds: bytes of a document, and what was made of them on demand. The JSON tree is
 * not kept, because it is many times the size of the text.
 */
final class Content {
  private final Document document;
  private final int start;
  private final int length;
  private final String pointer;
  private final String typeUrl;
  private final Made made;

  /** Outlives the document that it was made from, when a later one has the same content. */
  private static final class Made {
    final Memo<Object> view = new Memo<>();
    final Memo<Message> message = new Memo<>();
    final Memo<List<Unknown>> unknown = new Memo<>();
  }

  private Content(
      Document document, int start, int length, String pointer, String typeUrl, Made made) {
    this.document = document;
    this.start = start;
    this.length = length;
    this.pointer = pointer;
    this.typeUrl = typeUrl;
    this.made = made;
  }

  static Content of(
      Document document, @Nullable Slice payload, String pointer, String defaultType) {
    if (payload == null) {
      return new Content(document, 0, 0, pointer, defaultType, new Made());
    }
    String type = payload.type().isEmpty() ? defaultType : payload.type();
    return new Content(
        document, payload.start(), payload.length(), payload.pointer(), type, new Made());
  }

  /** This, with what was already made of an equal content, if it lies at the same pointer. */
  Content reuse(Content earlier) {
    return pointer.equals(earlier.pointer)
        ? new Content(document, start, length, pointer, typeUrl, earlier.made)
        : this;
  }

  /**
   * Whether both mean the same. Envoy writes the keys of some maps in another order each time, one
   * to a line, so equal bytes are not needed; but then the lines are the same in another order.
   *
   * @param orderMatters whether lines in another order need a closer look, which costs far more
   */
  boolean sameAs(Content other, boolean orderMatters) {
    if (length != other.length || !typeUrl.equals(other.typeUrl)) {
      return false;
    }
    return sameBytes(other)
        || (lines() == other.lines() && (!orderMatters || json().equals(other.json())));
  }

  /** Whether both are the same text. */
  boolean sameBytes(Content other) {
    return typeUrl.equals(other.typeUrl)
        && Arrays.equals(
            document.bytes(),
            start,
            start + length,
            other.document.bytes(),
            other.start,
            other.start + other.length);
  }

  /** A sum over the lines that is the same in whatever order they come. */
  private long lines() {
    byte[] bytes = document.bytes();
    long sum = 0;
    long line = 0;
    for (int i = start; i < start + length; i++) {
      if (bytes[i] == '\n') {
        sum += spread(line);
        line = 0;
      } else if (bytes[i] != ',') {
        // The comma after a line depends on whether it is the last one.
        line = line * 31 + bytes[i];
      }
    }
    return sum + spread(line);
  }

  /** Without it, lines that trade a character would have the same sum. */
  private static long spread(long hash) {
    long mixed = (hash ^ (hash >>> 32)) * 0x9E3779B97F4A7C15L;
    return mixed ^ (mixed >>> 29);
  }

  String pointer() {
    return pointer;
  }

  String typeUrl() {
    return typeUrl;
  }

  /** A tree of the caller's own. */
  JsonNode json() {
    if (length == 0) {
      return Json.MAPPER.createObjectNode();
    }
    try {
      return Json.MAPPER.readTree(document.bytes(), start, length);
    } catch (JacksonException e) {
      throw fault(pointer, e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw fault(pointer, String.valueOf(e), e);
    }
  }

  /** The root of the JSON, for reading with typed errors. */
  JsonObject object() {
    return JsonObject.root(json(), this);
  }

  /** The typed view of the JSON; always of the same type for one content. */
  <V> V view(Class<V> type, Function<JsonObject, V> maker) {
    return type.cast(made.view.get(() -> maker.apply(object())));
  }

  Message message() {
    return made.message.get(() -> new MessageConverter(this).message());
  }

  List<Unknown> unknown() {
    return made.unknown.get(() -> new MessageConverter(this).unknown());
  }

  EnvoyConfigException fault(String at, String found, @Nullable Throwable cause) {
    return EnvoyConfigException.at(
        document.place(at, start), "reading " + document.name(), found, "", cause);
  }
}
