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
   * Whether both mean the same. Envoy writes the keys of a map in any order, another one each time,
   * so equal bytes are not needed; but then the length is the same.
   */
  boolean sameAs(Content other) {
    if (length != other.length || !typeUrl.equals(other.typeUrl)) {
      return false;
    }
    return Arrays.equals(
            document.bytes(),
            start,
            start + length,
            other.document.bytes(),
            other.start,
            other.start + other.length)
        || json().equals(other.json());
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
        Place.at(document.name(), document.bytes(), at, start),
        "reading " + document.name(),
        found,
        "",
        cause);
  }
}
