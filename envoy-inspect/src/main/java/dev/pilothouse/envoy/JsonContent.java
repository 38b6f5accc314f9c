package dev.pilothouse.envoy;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.filter.FilteringParserDelegate;
import com.fasterxml.jackson.core.filter.JsonPointerBasedFilter;
import com.fasterxml.jackson.core.filter.TokenFilter;
import com.fasterxml.jackson.core.filter.TokenFilter.Inclusion;
import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Message;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a resource holds, as bytes of a JSON document. The tree is not kept, because it is many
 * times the size of the text.
 */
final class JsonContent extends Content {
  private final Document document;
  private final int start;
  private final int length;
  private final String pointer;
  private final String typeUrl;
  private final List<Slice> parts;
  private final Made made;

  private JsonContent(
      Document document,
      int start,
      int length,
      String pointer,
      String typeUrl,
      List<Slice> parts,
      Made made) {
    super(made);
    this.parts = parts;
    this.document = document;
    this.start = start;
    this.length = length;
    this.pointer = pointer;
    this.typeUrl = typeUrl;
    this.made = made;
  }

  static JsonContent of(
      Document document, @Nullable Slice payload, String pointer, String defaultType) {
    if (payload == null) {
      return new JsonContent(document, 0, 0, pointer, defaultType, List.of(), new Made());
    }
    String type = payload.type().isEmpty() ? defaultType : payload.type();
    return new JsonContent(
        document,
        payload.start(),
        payload.length(),
        payload.pointer(),
        type,
        payload.parts(),
        new Made());
  }

  @Override
  Content reuse(Content earlier) {
    return earlier instanceof JsonContent json && pointer.equals(json.pointer)
        ? new JsonContent(document, start, length, pointer, typeUrl, parts, json.made)
        : this;
  }

  /**
   * {@inheritDoc}
   *
   * <p>Envoy writes the keys of some maps in another order each time, one to a line, so equal bytes
   * are not needed; but then the lines are the same in another order.
   */
  @Override
  boolean sameAs(Content content, boolean orderMatters) {
    if (!(content instanceof JsonContent other)
        || length != other.length
        || !typeUrl.equals(other.typeUrl)) {
      return false;
    }
    return sameBytes(other)
        || (lines() == other.lines() && (!orderMatters || json().equals(other.json())));
  }

  @Override
  boolean sameBytes(Content content) {
    return content instanceof JsonContent other
        && typeUrl.equals(other.typeUrl)
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

  @Override
  String pointer() {
    return pointer;
  }

  @Override
  String typeUrl() {
    return typeUrl;
  }

  @Override
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

  @Override
  JsonObject object(Set<String> without) {
    try (JsonParser parser =
        Json.MAPPER.getFactory().createParser(document.bytes(), start, length)) {
      parser.nextToken();
      return JsonObject.root(new SparseTree(parser, without).read(), this);
    } catch (JacksonException e) {
      throw fault(pointer, e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw fault(pointer, String.valueOf(e), e);
    }
  }

  @Override
  List<Content> parts() {
    return parts.stream().map(this::part).toList();
  }

  @Override
  Optional<Content> part(String name) {
    return parts.stream().filter(part -> part.name().equals(name)).findFirst().map(this::part);
  }

  private Content part(Slice part) {
    return of(document, part, part.pointer(), "");
  }

  @Override
  Message message() {
    return made.message.get(() -> new MessageConverter(this).message());
  }

  @Override
  List<Unknown> findUnknown() {
    return new MessageConverter(this).unknown();
  }

  @Override
  Place place(String part) {
    return document.place(part, start + offset(part));
  }

  private long offset(String part) {
    if (length == 0 || part.equals(pointer) || !part.startsWith(pointer + "/")) {
      return 0;
    }
    TokenFilter filter = new JsonPointerBasedFilter(part.substring(pointer.length()));
    try (JsonParser all = Json.MAPPER.createParser(document.bytes(), start, length);
        JsonParser found =
            new FilteringParserDelegate(all, filter, Inclusion.ONLY_INCLUDE_ALL, false)) {
      return found.nextToken() == null ? 0 : all.currentTokenLocation().getByteOffset();
    } catch (IOException e) {
      throw fault(part, String.valueOf(e), e);
    }
  }

  @Override
  EnvoyConfigException fault(String at, String found, @Nullable Throwable cause) {
    return EnvoyConfigException.at(
        document.place(at, start), "reading " + document.name(), found, "", cause);
  }
}
