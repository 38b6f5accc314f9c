package dev.pilothouse.envoy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Message;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a resource holds, as a control plane sent it: the bytes of a protobuf message. */
final class MessageContent extends Content {
  private final String source;
  private final ProtobufContent content;
  private final DiscoveredLayout.Slot slot;

  private MessageContent(
      String source, ProtobufContent content, DiscoveredLayout.Slot slot, Made made) {
    super(made);
    this.source = source;
    this.content = content;
    this.slot = slot;
  }

  /** At its place in the dump that the whole would be. */
  static MessageContent of(String source, ProtobufContent content, DiscoveredLayout.Slot slot) {
    return new MessageContent(source, content, slot, content.madeAt(slot));
  }

  @Override
  String pointer() {
    return slot.pointer();
  }

  @Override
  String typeUrl() {
    return content.typeUrl();
  }

  @Override
  ObjectNode json() {
    return new MessageJson(pointer()).root(content.typeUrl(), content.messageOrBytes());
  }

  @Override
  Message message() {
    return content.message();
  }

  @Override
  List<Unknown> findUnknown() {
    MessageJson json = new MessageJson(pointer());
    json.root(content.typeUrl(), content.messageOrBytes());
    return json.unknown();
  }

  @Override
  boolean sameAs(Content other, boolean orderMatters) {
    return other instanceof MessageContent message && content.equals(message.content);
  }

  @Override
  boolean sameBytes(Content other) {
    return sameAs(other, true);
  }

  /** What was made of it is shared by the bytes already. */
  @Override
  Content reuse(Content earlier) {
    return this;
  }

  @Override
  Place place(String part) {
    return new Place(source, part, -1, 0);
  }

  @Override
  EnvoyConfigException fault(String at, String found, @Nullable Throwable cause) {
    return EnvoyConfigException.at(place(at), "reading " + source, found, "", cause);
  }
}
