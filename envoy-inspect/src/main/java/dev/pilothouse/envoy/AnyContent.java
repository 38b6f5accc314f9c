package dev.pilothouse.envoy;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import java.util.Optional;

/** What an {@code Any} inside a message holds. */
final class AnyContent {
  // protobuf bounds how deep one message may be; an Any begins anew.
  private static final int MAX_DEPTH = 32;

  private AnyContent() {}

  /**
   * The message inside, or empty if its type is not known here, its bytes are no such message, or
   * there are absurdly many inside one another.
   *
   * @param depth in how many of them this one lies
   */
  static Optional<Message> unpack(Any any, int depth) {
    Optional<Message> type =
        depth >= MAX_DEPTH ? Optional.empty() : EnvoyTypes.INSTANCE.find(any.getTypeUrl());
    if (type.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(type.get().getParserForType().parseFrom(any.getValue()));
    } catch (InvalidProtocolBufferException e) {
      // It stays what it is, an Any with its bytes, which every caller can show.
      return Optional.empty();
    }
  }
}
