package dev.pilothouse.envoy;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The messages of Envoy's API that are on the class path, found by their type URLs.
 *
 * <p>The API has some 2,000 messages; loading them all takes seconds, so each is loaded when a dump
 * first names it. That works because Envoy's packages have a fixed place in Java: {@code
 * envoy.config.route.v3.Route} is {@code io.envoyproxy.envoy.config.route.v3.Route}. Safe for use
 * by several threads.
 */
public final class EnvoyTypes {
  private static final List<Map.Entry<String, String>> JAVA_PREFIXES =
      List.of(
          Map.entry("envoy.", "io.envoyproxy.envoy."),
          Map.entry("xds.", "com.github.xds."),
          Map.entry("udpa.", "com.github.udpa.udpa."),
          Map.entry("google.", "com.google."),
          Map.entry("opentelemetry.", "io.opentelemetry."));

  /** Descriptors never change, so one table serves all. */
  static final EnvoyTypes INSTANCE = new EnvoyTypes();

  private final Map<String, Message> known = new ConcurrentHashMap<>();
  private final Set<Descriptor> registered = new HashSet<>();
  private TypeRegistry registry = TypeRegistry.getEmptyTypeRegistry();

  private EnvoyTypes() {}

  /**
   * The descriptor of a message.
   *
   * @param typeUrl as {@code type.googleapis.com/envoy.config.route.v3.RouteConfiguration}
   * @return its descriptor, or empty when there is no such message here
   */
  public static Optional<Descriptor> descriptor(String typeUrl) {
    return INSTANCE.find(typeUrl).map(Message::getDescriptorForType);
  }

  /**
   * A field of a message by its name in JSON.
   *
   * @param type the message
   * @param name in either spelling, as {@code route_config} or {@code routeConfig}
   * @return the field, or empty when the message has none of that name
   */
  public static Optional<FieldDescriptor> field(Descriptor type, String name) {
    return Optional.ofNullable(Fields.find(type, name));
  }

  /**
   * Finds a message.
   *
   * @param typeUrl as {@code type.googleapis.com/envoy.config.route.v3.RouteConfiguration}
   * @return its default instance, or empty when there is no such message here
   */
  Optional<Message> find(String typeUrl) {
    String name = typeUrl.substring(typeUrl.lastIndexOf('/') + 1);
    Message found = known.get(name);
    if (found == null) {
      found = load(name);
      if (found != null) {
        known.put(name, found);
      }
    }
    return Optional.ofNullable(found);
  }

  /** A registry that has these types, for reading an {@code Any} in JSON. */
  synchronized TypeRegistry registry(Collection<Descriptor> types) {
    if (registered.addAll(types)) {
      registry = TypeRegistry.newBuilder().add(registered).build();
    }
    return registry;
  }

  private static @Nullable Message load(String name) {
    for (Map.Entry<String, String> prefix : JAVA_PREFIXES) {
      if (name.startsWith(prefix.getKey())) {
        String className = prefix.getValue() + name.substring(prefix.getKey().length());
        return instance(nested(className), name);
      }
    }
    return null;
  }

  private static @Nullable Message instance(String className, String name) {
    try {
      Class<?> type = Class.forName(className, false, EnvoyTypes.class.getClassLoader());
      if (!Message.class.isAssignableFrom(type)) {
        return null;
      }
      Message message = (Message) type.getMethod("getDefaultInstance").invoke(null);
      // Names in Java could differ from those in protobuf; then this is another message.
      return message.getDescriptorForType().getFullName().equals(name) ? message : null;
    } catch (ReflectiveOperationException | LinkageError e) {
      return null;
    }
  }

  /**
   * A message inside a message is a nested class: {@code a.Outer.Inner} is {@code a.Outer$Inner}.
   */
  private static String nested(String className) {
    StringBuilder text = new StringBuilder(className.length());
    boolean inClass = false;
    for (String part : className.split("\\.", -1)) {
      if (!text.isEmpty()) {
        text.append(inClass ? '$' : '.');
      }
      inClass = inClass || (!part.isEmpty() && Character.isUpperCase(part.charAt(0)));
      text.append(part);
    }
    return text.toString();
  }

  /** Fields of a message by both their spellings in JSON. */
  static final class Fields {
    private static final Map<Descriptor, Map<String, FieldDescriptor>> BY_TYPE =
        new ConcurrentHashMap<>();

    private Fields() {}

    static @Nullable FieldDescriptor find(Descriptor type, String name) {
      return BY_TYPE.computeIfAbsent(type, Fields::index).get(name);
    }

    private static Map<String, FieldDescriptor> index(Descriptor type) {
      Map<String, FieldDescriptor> fields = new HashMap<>();
      for (var field : type.getFields()) {
        fields.put(field.getName(), field);
        fields.put(field.getJsonName(), field);
      }
      return Map.copyOf(fields);
    }
  }
}
