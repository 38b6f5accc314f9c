package dev.pilothouse.envoy;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A place that moves through a document, token by token, and knows its pointer and byte offset.
 * What it meets that is not of the expected type it reports with that place.
 */
final class JsonCursor implements AutoCloseable {
  // Jackson says of the source that it does not show it.
  private static final Pattern SOURCE = Pattern.compile("\\[Source: [^;\\]]*; ([^\\]]*)]");

  // More are read as a whole: a document of nothing but tiny parts must not fill the heap.
  private static final int MAX_PARTS = 100_000;

  private static final int LEVELS_SHOWN = 8;

  private final Document document;
  private final JsonParser parser;
  private final String prefix;
  private final int base;
  private final int firstConfig;
  private final Redaction redaction;

  /** One push updates many resources at the same time. */
  private String lastTime = "";

  private @Nullable Instant lastInstant;

  private JsonCursor(
      Document document,
      JsonParser parser,
      int from,
      String prefix,
      int firstConfig,
      Redaction redaction) {
    this.document = document;
    this.parser = parser;
    this.base = from;
    this.prefix = prefix;
    this.firstConfig = firstConfig;
    this.redaction = redaction;
  }

  /** Stands before the first token. */
  static JsonCursor before(Document document) throws IOException {
    JsonParser parser = Json.MAPPER.getFactory().createParser(document.bytes());
    return new JsonCursor(document, parser, 0, "", 0, new Redaction());
  }

  /**
   * The same; it comes by no secret of a known form.
   *
   * @param search a search of the document
   * @param firstConfig how many elements of {@code configs} the documents before this one have;
   *     pointers count on from there
   */
  static JsonCursor before(Document document, SecretSearch search, int firstConfig)
      throws IOException {
    JsonParser parser = Json.MAPPER.getFactory().createParser(search.stream());
    return new JsonCursor(document, parser, 0, "", firstConfig, new Redaction());
  }

  /** Stands before the first token of a part of the document. */
  JsonCursor into(Slice part) throws IOException {
    int start = part.start();
    byte[] text = Arrays.copyOfRange(document.bytes(), start, start + part.length());
    JsonParser inside = Json.MAPPER.getFactory().createParser(SecretText.blank(text));
    return new JsonCursor(document, inside, start, part.pointer(), 0, redaction);
  }

  /** Moves on; null at the end. */
  @Nullable JsonToken next() throws IOException {
    return parser.nextToken();
  }

  /** Moves to the first token; whether the document is that one, and no object or array. */
  boolean atLoneValue() {
    try {
      JsonToken token = parser.nextToken();
      if (token == null || !token.isScalarValue()) {
        return false;
      }
      parser.finishToken();
      return isBlankFrom(end());
    } catch (IOException e) {
      // The caller shows what it is instead.
      return false;
    }
  }

  private boolean isBlankFrom(int offset) {
    byte[] bytes = document.bytes();
    int at = offset;
    while (at < bytes.length && bytes[at] >= 0 && bytes[at] <= ' ') {
      at++;
    }
    return at == bytes.length;
  }

  /** Moves to the value of the next field of the object that it stands in; false at its end. */
  boolean nextField() throws IOException {
    if (parser.nextToken() == JsonToken.END_OBJECT) {
      return false;
    }
    parser.nextToken();
    return true;
  }

  /** Moves to the next element of the array that it stands in; false at its end. */
  boolean nextElement() throws IOException {
    return parser.nextToken() != JsonToken.END_ARRAY;
  }

  /** The name of the field that it stands at. */
  String field() throws IOException {
    return String.valueOf(parser.currentName());
  }

  boolean at(JsonToken token) {
    return parser.currentToken() == token;
  }

  boolean atNull() {
    return at(JsonToken.VALUE_NULL);
  }

  /** Steps over the value that it stands at, and marks the secrets in it. */
  void skip() throws IOException {
    redaction.skip(parser, base);
  }

  /** The same; returns the offset behind the value. */
  int skipToEnd() throws IOException {
    skip();
    parser.finishToken();
    return end();
  }

  /** The offset behind the token that it stands at. */
  int end() {
    return base + (int) parser.currentLocation().getByteOffset();
  }

  /** The document without the secrets that it has come by. */
  Document redacted(Document whole) {
    return redaction.apply(whole);
  }

  String text() throws IOException {
    if (atNull()) {
      return "";
    }
    require(JsonToken.VALUE_STRING, "a string");
    return parser.getText();
  }

  @Nullable Instant instant() throws IOException {
    String text = text();
    if (text.isEmpty()) {
      return null;
    }
    if (text.equals(lastTime)) {
      return lastInstant;
    }
    try {
      lastInstant = TimeText.parse(text);
      lastTime = text;
      return lastInstant;
    } catch (DateTimeParseException e) {
      throw EnvoyConfigException.at(
          place(), tried(), "expected a time, found \"" + text + "\"", "", e);
    }
  }

  /** Fails unless it stands at this token. */
  void require(JsonToken token, String expected) {
    if (!at(token)) {
      throw wrong("expected " + expected + ", found " + found());
    }
  }

  /** The whole object that it stands at; moves to its end. */
  Slice slice() throws IOException {
    return slice("");
  }

  /**
   * The same.
   *
   * @param array the field that holds its parts; empty for none
   */
  Slice slice(String array) throws IOException {
    require(JsonToken.START_OBJECT, "an object");
    return sliceFrom(offset(), pointer(), nextField(), array);
  }

  /**
   * The whole object that it stands in; moves to its end.
   *
   * @param start the offset of the object
   * @param pointer the pointer to it
   * @param atValue whether it stands at a field's value, and not at the object's end
   * @param array the field that holds its parts; empty for none
   */
  Slice sliceFrom(int start, String pointer, boolean atValue, String array) throws IOException {
    String type = "";
    String name = "";
    List<Slice> parts = List.of();
    for (boolean more = atValue; more; more = nextField()) {
      String field = field();
      switch (field) {
        case "@type" -> type = text();
        case "name", "cluster_name", "clusterName" -> name = text();
        default -> {
          if (!array.isEmpty()
              && at(JsonToken.START_ARRAY)
              && JsonNames.snake(field).equals(array)) {
            parts = parts();
          } else {
            skip();
          }
        }
      }
    }
    return new Slice(start, end() - start, pointer, type, name, parts);
  }

  private List<Slice> parts() throws IOException {
    List<Slice> parts = new ArrayList<>();
    boolean objects = true;
    while (nextElement()) {
      if (objects && at(JsonToken.START_OBJECT) && parts.size() < MAX_PARTS) {
        parts.add(slice());
      } else {
        objects = false;
        skip();
      }
    }
    return objects ? parts : List.of();
  }

  /** The pointer to the value that it stands at, in the configuration as a whole. */
  String pointer() {
    StringBuilder text = new StringBuilder(96).append(prefix);
    append(parser.getParsingContext(), text);
    return text.toString();
  }

  /** Jackson's own pointer does the same, and takes several times as long. */
  private void append(@Nullable JsonStreamContext at, StringBuilder text) {
    if (at == null || at.inRoot()) {
      return;
    }
    JsonStreamContext parent = at.getParent();
    append(parent, text);
    if (at.inArray() && at.hasCurrentIndex()) {
      boolean configs =
          parent.inObject()
              && parent.getParent().inRoot()
              && "configs".equals(parent.getCurrentName());
      text.append('/').append(at.getCurrentIndex() + (configs ? firstConfig : 0));
    } else if (at.inObject() && at.hasCurrentName()) {
      text.append('/').append(PointerPath.escaped(at.getCurrentName()));
    }
  }

  EnvoyConfigException wrong(String found) {
    return wrong(found, "");
  }

  EnvoyConfigException wrong(String found, String toDo) {
    return EnvoyConfigException.at(place(), tried(), found, toDo, null);
  }

  /** What a fault of the JSON itself becomes. */
  EnvoyConfigException broken(IOException cause) {
    long offset = base + parser.currentLocation().getByteOffset();
    if (cause instanceof StreamConstraintsException && depth() >= Json.MAX_DEPTH) {
      String depth = "it is nested deeper than " + Json.MAX_DEPTH + " levels, as no dump is";
      String start = PointerPath.start(pointer(), LEVELS_SHOWN);
      return EnvoyConfigException.at(
          document.place(start, offset), tried(), depth, NotADump.ADVICE, cause);
    }
    String words =
        cause instanceof JsonProcessingException json
            ? SOURCE.matcher(json.getOriginalMessage()).replaceAll("$1")
            : String.valueOf(cause);
    Place place = document.place(pointer(), offset);
    return EnvoyConfigException.at(place, tried(), words, "", cause);
  }

  @Override
  public void close() throws IOException {
    parser.close();
  }

  private int depth() {
    return parser.getParsingContext().getNestingDepth();
  }

  private Place place() {
    return document.place(pointer(), offset());
  }

  /** The offset of the token that it stands at. */
  int offset() {
    return base + (int) Math.max(0, parser.currentTokenLocation().getByteOffset());
  }

  private String tried() {
    return "reading " + document.name();
  }

  /** What it stands at, in words. */
  String found() {
    JsonToken token = parser.currentToken();
    if (token == null) {
      return "nothing";
    }
    return switch (token) {
      case START_OBJECT -> "an object";
      case START_ARRAY -> "an array";
      case VALUE_STRING -> "a string";
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
      case VALUE_TRUE, VALUE_FALSE -> "a boolean";
      case VALUE_NULL -> "null";
      default -> token.toString();
    };
  }
}
