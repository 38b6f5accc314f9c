package dev.pilothouse.envoy.xds;

import com.google.common.collect.Interner;
import com.google.common.collect.Interners;
import com.google.protobuf.Any;
import dev.pilothouse.envoy.ProtobufContent;

/**
 * Holds one copy of what many proxies are sent, as long as one of them holds it. Safe for use by
 * several threads.
 */
final class ContentPool {
  private final Interner<ProtobufContent> contents = Interners.newWeakInterner();
  private final Interner<String> texts = Interners.newWeakInterner();

  ProtobufContent content(Any any) {
    return contents.intern(ProtobufContent.of(any));
  }

  String text(String text) {
    return text.isEmpty() ? "" : texts.intern(text);
  }
}
