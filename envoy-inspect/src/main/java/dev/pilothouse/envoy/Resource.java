package dev.pilothouse.envoy;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Message;
import dev.pilothouse.envoy.DumpScanner.Scanned;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One resource of a configuration: where it came from, in which state it is, and what it holds as
 * typed values, as a protobuf message and as raw JSON.
 *
 * <p>Only the place of the JSON is known at first. The typed values and the message are made when
 * first asked for and kept; so a fault in a resource shows then, as an {@link
 * EnvoyConfigException}. Immutable and safe for use by several threads.
 */
public abstract sealed class Resource
    permits BootstrapResource,
        ListenerResource,
        RouteResource,
        ScopedRouteResource,
        ClusterResource,
        EndpointResource,
        SecretResource,
        ExtensionResource {
  private final Scanned found;
  private final Content content;

  /** Where a resource came from. */
  public enum Origin {
    /** From the bootstrap, or written inside such a resource. */
    STATIC,
    /** From a control plane, or a watched file. */
    DYNAMIC
  }

  /** In which state a resource is. */
  public enum State {
    /** In use. */
    ACTIVE,
    /** Accepted, and waiting for something before it is used. */
    WARMING,
    /** Replaced, and finishing its connections. */
    DRAINING,
    /** Refused by Envoy; see {@link Resource#reason()}. */
    REJECTED,
    /** The dump does not tell. */
    UNKNOWN
  }

  Resource(Scanned found, Content content) {
    this.found = found;
    this.content = content;
  }

  static Resource of(Scanned found, Content content) {
    return switch (found.section()) {
      case STATIC_LISTENERS, DYNAMIC_LISTENERS -> new ListenerResource(found, content);
      case STATIC_CLUSTERS, DYNAMIC_ACTIVE_CLUSTERS, DYNAMIC_WARMING_CLUSTERS ->
          new ClusterResource(found, content);
      case STATIC_ROUTE_CONFIGS, DYNAMIC_ROUTE_CONFIGS -> new RouteResource(found, content);
      case STATIC_ENDPOINT_CONFIGS, DYNAMIC_ENDPOINT_CONFIGS ->
          new EndpointResource(found, content);
      case STATIC_SECRETS, DYNAMIC_ACTIVE_SECRETS, DYNAMIC_WARMING_SECRETS ->
          new SecretResource(found, content);
      case INLINE_SCOPED_ROUTE_CONFIGS, DYNAMIC_SCOPED_ROUTE_CONFIGS ->
          new ScopedRouteResource(found, content);
      case ECDS_FILTERS -> new ExtensionResource(found, content);
      case BOOTSTRAP -> new BootstrapResource(found, content);
    };
  }

  /**
   * Its name.
   *
   * @return the name; a cluster's for endpoints; empty when it has none
   */
  public String name() {
    return found.name();
  }

  /**
   * The part of the dump that it is in.
   *
   * @return the section
   */
  public ConfigSection section() {
    return found.section();
  }

  /**
   * The version that the control plane gave it.
   *
   * @return the version; empty when it gave none, as istiod does over delta xDS
   */
  public String version() {
    return found.version();
  }

  /**
   * When Envoy took it in, or refused it.
   *
   * @return the time by Envoy's clock, or null when the dump does not tell
   */
  public @Nullable Instant lastUpdated() {
    return found.lastUpdated();
  }

  /**
   * Where it came from.
   *
   * @return static or dynamic
   */
  public Origin origin() {
    return found.section().origin();
  }

  /**
   * In which state it is.
   *
   * @return the state
   */
  public State state() {
    return found.state();
  }

  /**
   * Why Envoy refused it.
   *
   * @return Envoy's words; empty when it is not {@link State#REJECTED}
   */
  public String reason() {
    return found.reason();
  }

  /**
   * The Istio object that it was made from, as its own metadata says. Routes and filter chains have
   * owners of their own.
   *
   * @return the owner, or empty when it does not say, or is of a kind that has no metadata
   * @throws EnvoyConfigException if something in it has another type than it should
   */
  public Optional<Owner> owner() {
    return Optional.empty();
  }

  /**
   * The certificates that are written in it: of a secret, or of a TLS context that has them inline.
   *
   * @return decoded, in the order of the JSON; none of those that are in files of Envoy's machine
   * @throws EnvoyConfigException if one cannot be decoded
   */
  public List<Certificate> certificates() {
    return new CertificateFinder(content).all();
  }

  /**
   * The type of what it holds.
   *
   * @return for example {@code type.googleapis.com/envoy.config.cluster.v3.Cluster}
   */
  public String typeUrl() {
    return content.typeUrl();
  }

  /**
   * Where it lies.
   *
   * @return a JSON pointer in {@link EnvoyConfig#raw()}
   */
  public String pointer() {
    return content.pointer();
  }

  /**
   * Where it, or a part of it, lies in the document that it was read from. Looks for the place in
   * the document's bytes, so it is for messages to people.
   *
   * @param pointer the JSON pointer of a part, as {@link Route#pointer()}, or {@link #pointer()}
   * @return the place, with the line; that of this resource when it has no such part
   */
  public Place place(String pointer) {
    return content.place(pointer);
  }

  /**
   * What it holds, as it was read.
   *
   * @return a tree of the caller's own, made anew by each call; an empty object when the dump holds
   *     no more than a name
   */
  public JsonNode raw() {
    return content.json();
  }

  /**
   * What it holds, as a protobuf message. An {@code Any} inside it whose type this library does not
   * have is an {@code xds.type.v3.TypedStruct} with the type's URL and the content; so is the
   * message itself when its own type is unknown. Unknown fields are left out. {@link #unknown()}
   * lists both, and {@link #raw()} has them all.
   *
   * <p>What a control plane sent as protobuf is that message, with its unknown fields and each
   * unknown {@code Any} as they came; {@link #raw()} shows such an {@code Any} in base64.
   *
   * @return the message; made when first asked for, the same for each call
   * @throws EnvoyConfigException if a field's value does not fit its type
   */
  public Message message() {
    return content.message();
  }

  /**
   * What it holds, as a protobuf message of a given type.
   *
   * @param type the message's class, as {@code io.envoyproxy.envoy.config.cluster.v3.Cluster.class}
   * @param <T> the message's class
   * @return the message
   * @throws EnvoyConfigException if a field's value does not fit its type, or it is another message
   */
  public <T extends Message> T message(Class<T> type) {
    Message message = message();
    if (!type.isInstance(message)) {
      throw content.fault(
          pointer(), "it is a " + typeUrl() + ", not a " + type.getSimpleName(), null);
    }
    return type.cast(message);
  }

  /**
   * What in it this library has no type for.
   *
   * @return in the order of the JSON
   */
  public List<Unknown> unknown() {
    return content.unknown();
  }

  /**
   * Whether what it holds was written with the same bytes. Fast: nothing is converted. Resources
   * that are written otherwise may still mean the same.
   *
   * @param other a resource of this or another configuration
   * @return true if type and text are the same
   */
  public boolean isWrittenAs(Resource other) {
    return content.sameBytes(other.content);
  }

  /** One line: what it is, its name, state and version; never what it holds. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(getClass().getSimpleName());
    text.append('[').append(name().isEmpty() ? "(no name)" : name());
    text.append(", ").append(origin().name().toLowerCase(Locale.ROOT));
    text.append(", ").append(state().name().toLowerCase(Locale.ROOT));
    if (!version().isEmpty()) {
      text.append(", version ").append(version());
    }
    if (!reason().isEmpty()) {
      text.append(": ").append(reason());
    }
    return text.append(']').toString();
  }

  Content content() {
    return content;
  }

  /**
   * Whether both hold the same, byte by byte but for the order of keys in maps, which Envoy writes
   * in another order each time. Fast: nothing is read that the bytes can tell.
   *
   * @param other a resource, mostly the same of another moment
   * @return whether they do, whatever their versions and states
   */
  public boolean holdsSameAs(Resource other) {
    // A running Envoy's bootstrap cannot change, but its metadata is written in any order.
    return content.sameAs(other.content, section() != ConfigSection.BOOTSTRAP);
  }

  /** Whether both came in at the same time and in the same version. */
  boolean hasSameHistory(Resource other) {
    return version().equals(other.version())
        && reason().equals(other.reason())
        && Objects.equals(lastUpdated(), other.lastUpdated());
  }
}
