package dev.pilothouse.envoy;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a resource holds, as the protobuf message that a control plane sent. The message and all
 * that is read from it are made when first asked for and kept here: configurations of many proxies
 * that hold the same object share them.
 *
 * <p>Equal when type and bytes are equal. Immutable and safe for use by several threads.
 */
public final class ProtobufContent {
  private final String typeUrl;
  private final ByteString bytes;
  private final int hash;
  private final Memo<Facts> facts = new Memo<>();
  private final Memo<Message> message = new Memo<>();
  private volatile @Nullable MadeAt lastMade;

  /** What is asked of every resource; the message itself is many times as large and is not kept. */
  private record Facts(String name, ResourceReferences references) {}

  /** Typed views hold pointers, so they are shared by those who have it at the same place. */
  private record MadeAt(DiscoveredLayout.Slot slot, Content.Made made) {}

  private ProtobufContent(String typeUrl, ByteString bytes) {
    this.typeUrl = typeUrl;
    this.bytes = bytes;
    this.hash = 31 * typeUrl.hashCode() + bytes.hashCode();
  }

  /**
   * Takes what a control plane sent.
   *
   * @param any the message; it is not read yet
   * @return its content
   */
  public static ProtobufContent of(Any any) {
    return new ProtobufContent(any.getTypeUrl(), any.getValue());
  }

  /**
   * The type of the message.
   *
   * @return for example {@code type.googleapis.com/envoy.config.cluster.v3.Cluster}
   */
  public String typeUrl() {
    return typeUrl;
  }

  /**
   * How large the message is.
   *
   * @return its size in bytes
   */
  public int size() {
    return bytes.size();
  }

  /**
   * The name that the message itself has: that of a cluster, a route configuration, and so on.
   *
   * @return the name; empty when it has none or its type is unknown here
   * @throws EnvoyConfigException if the bytes are no such message
   */
  public String name() {
    return facts().name();
  }

  /**
   * What it makes Envoy ask its control plane for besides.
   *
   * @return names by their kind
   * @throws EnvoyConfigException if the bytes are no such message
   */
  public ResourceReferences references() {
    return facts().references();
  }

  /**
   * The message. Private keys and whatever else Envoy's API marks as sensitive is replaced by
   * {@code [redacted]}, as Envoy does in its dumps. A message of a type that this library does not
   * have is an {@link Any}, with all its bytes; so is one inside it.
   *
   * @return the message; made when first asked for, the same for each call
   * @throws EnvoyConfigException if the bytes are no such message
   */
  public Message message() {
    return message.get(() -> MessageRedaction.of(parse()));
  }

  /**
   * Whether both mean the same. The entries of a map come in any order, so equal bytes are not
   * needed; istiod's differ each time that it makes a resource anew.
   *
   * @param other another content
   * @return true if only the order of maps' entries differs, or nothing
   */
  public boolean meansSameAs(ProtobufContent other) {
    return equals(other)
        || (typeUrl.equals(other.typeUrl)
            // Another order changes no length, and a closer look costs far more.
            && bytes.size() == other.bytes.size()
            && withSecrets().equals(other.withSecrets()));
  }

  /** All of it, to be compared and dropped: a secret may be the only thing that has changed. */
  private JsonNode withSecrets() {
    try {
      return new MessageJson("").root(typeUrl, parse());
    } catch (EnvoyConfigException e) {
      return new MessageJson("").root(typeUrl, any());
    }
  }

  /** The message, or the bytes as they came when they are no such message. */
  Message messageOrBytes() {
    try {
      return message();
    } catch (EnvoyConfigException e) {
      return MessageRedaction.of(any());
    }
  }

  /** What was made of it, if it lies at the same place as the last time. */
  Content.Made madeAt(DiscoveredLayout.Slot slot) {
    MadeAt last = lastMade;
    if (last == null || !last.slot().equals(slot)) {
      last = new MadeAt(slot, new Content.Made());
      lastMade = last;
    }
    return last.made();
  }

  private Facts facts() {
    return facts.get(
        () -> {
          Message parsed = parse();
          return new Facts(nameOf(parsed), ReferenceFinder.find(parsed));
        });
  }

  private Message parse() {
    Optional<Message> type = EnvoyTypes.INSTANCE.find(typeUrl);
    if (type.isEmpty()) {
      return any();
    }
    try {
      return type.get().getParserForType().parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new EnvoyConfigException(
          "reading a " + typeUrl + " of " + bytes.size() + " bytes",
          String.valueOf(e.getMessage()),
          "",
          e);
    }
  }

  private Any any() {
    return Any.newBuilder().setTypeUrl(typeUrl).setValue(bytes).build();
  }

  private static String nameOf(Message message) {
    for (String field : new String[] {"name", "cluster_name"}) {
      var descriptor = message.getDescriptorForType().findFieldByName(field);
      if (descriptor != null && message.getField(descriptor) instanceof String name) {
        return name;
      }
    }
    return "";
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other == this
        || (other instanceof ProtobufContent content
            && hash == content.hash
            && typeUrl.equals(content.typeUrl)
            && bytes.equals(content.bytes));
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /** Its type and size; never what it holds. */
  @Override
  public String toString() {
    return "ProtobufContent[" + typeUrl + ", " + bytes.size() + " bytes]";
  }
}
