package dev.pilothouse.envoy;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Message;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a resource holds, as it came: JSON from a dump, or protobuf from a control plane; and what
 * was made of it on demand.
 */
abstract sealed class Content permits JsonContent, MessageContent {
  private final Made made;

  /** Outlives the content that it was made from, when a later one holds the same. */
  static final class Made {
    final Memo<Object> view = new Memo<>();
    final Memo<Message> message = new Memo<>();
    final Memo<List<Unknown>> unknown = new Memo<>();
  }

  Content(Made made) {
    this.made = made;
  }

  abstract String pointer();

  abstract String typeUrl();

  /** A tree of the caller's own. */
  abstract JsonNode json();

  abstract Message message();

  abstract List<Unknown> findUnknown();

  /**
   * Whether both mean the same.
   *
   * @param orderMatters whether the same parts in another order need a closer look, which costs far
   *     more
   */
  abstract boolean sameAs(Content other, boolean orderMatters);

  /** Whether both came as the same bytes. */
  abstract boolean sameBytes(Content other);

  /** This, with what was already made of an equal content, if it lies at the same pointer. */
  abstract Content reuse(Content earlier);

  /** Where a part lies; where the whole does, if there is no such part. */
  abstract Place place(String part);

  abstract EnvoyConfigException fault(String at, String found, @Nullable Throwable cause);

  final List<Unknown> unknown() {
    return made.unknown.get(this::findUnknown);
  }

  /** The root of the JSON, for reading with typed errors. */
  final JsonObject object() {
    return JsonObject.root(json(), this);
  }

  /** The same; fields of these names may be left out. */
  JsonObject object(Set<String> without) {
    return object();
  }

  /** What in it can be read one by one; empty when it has to be read as a whole. */
  List<Content> parts() {
    return List.of();
  }

  /** One of the parts; empty when there is none of that name, or no parts. */
  Optional<Content> part(String name) {
    return Optional.empty();
  }

  /** The typed view of the JSON; always of the same type for one content. */
  final <V> V view(Class<V> type, Function<JsonObject, V> maker) {
    return made(type, () -> maker.apply(object()));
  }

  /** The same, of a view that reads the JSON in its own way. */
  final <V> V made(Class<V> type, Supplier<V> maker) {
    return type.cast(made.view.get(maker::get));
  }
}
