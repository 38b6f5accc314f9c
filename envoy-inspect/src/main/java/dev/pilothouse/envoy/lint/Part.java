package dev.pilothouse.envoy.lint;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.pilothouse.envoy.EnvoyTypes;
import dev.pilothouse.envoy.Owner;
import dev.pilothouse.envoy.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A message somewhere inside a resource, as JSON, with its type and place. */
final class Part {
  private static final String ANY = "google.protobuf.Any";

  private final Resource resource;
  private final @Nullable Part parent;
  private final String step;
  private final Descriptor type;
  private final JsonNode json;

  private Part(
      Resource resource, @Nullable Part parent, String step, Descriptor type, JsonNode json) {
    this.resource = resource;
    this.parent = parent;
    this.step = step;
    this.type = type;
    this.json = json;
  }

  /** The resource as a whole; empty when its type is unknown. */
  static Optional<Part> root(Resource resource) {
    return EnvoyTypes.descriptor(resource.typeUrl())
        .map(type -> new Part(resource, null, resource.pointer(), type, resource.raw()));
  }

  /** Shows this and everything in it that Envoy uses to the checks. */
  void walk(Facts facts, List<PartCheck> checks) {
    boolean inUse = facts.isInUse(resource);
    List<PartCheck> some =
        inUse ? checks : checks.stream().filter(PartCheck::looksAtRejected).toList();
    if (!some.isEmpty()) {
      visit(facts, some);
    }
  }

  private void visit(Facts facts, List<PartCheck> checks) {
    checks.forEach(check -> check.check(this));
    for (Map.Entry<String, JsonNode> entry : json.properties()) {
      FieldDescriptor field = EnvoyTypes.field(type, entry.getKey()).orElse(null);
      if (field != null
          && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
          && !facts.isShownElsewhere(field, resource)) {
        parts(field, entry.getKey(), entry.getValue()).forEach(part -> part.visit(facts, checks));
      }
    }
  }

  /** Takes a field that is there. */
  interface FieldVisitor {
    void visit(FieldDescriptor field, String name, JsonNode value);
  }

  /** Shows the fields of this that are known. */
  void forEachField(FieldVisitor visitor) {
    for (Map.Entry<String, JsonNode> entry : json.properties()) {
      EnvoyTypes.field(type, entry.getKey())
          .ifPresent(field -> visitor.visit(field, entry.getKey(), entry.getValue()));
    }
  }

  Resource resource() {
    return resource;
  }

  /** Whether it is of this message type. */
  boolean is(String fullName) {
    return type.getFullName().equals(fullName);
  }

  String typeName() {
    return type.getFullName();
  }

  JsonNode json() {
    return json;
  }

  @Nullable Part parent() {
    return parent;
  }

  /** The field's text; empty if it is absent. */
  String text(String field) {
    return value(field).asText();
  }

  /** The field's value; a missing node if it is absent. */
  JsonNode value(String field) {
    return json.path(spelled(field));
  }

  boolean has(String field) {
    JsonNode value = value(field);
    return !value.isMissingNode() && !value.isNull();
  }

  /** The messages in a field, be it repeated or not. */
  List<Part> parts(String field) {
    FieldDescriptor descriptor = type.findFieldByName(field);
    return descriptor == null || !has(field)
        ? List.of()
        : parts(descriptor, spelled(field), value(field));
  }

  /** The message in a field. */
  Optional<Part> part(String field) {
    return parts(field).stream().findFirst();
  }

  /** The nearest message around this one of a type. */
  Optional<Part> around(String fullName) {
    for (Part at = parent; at != null; at = at.parent) {
      if (at.is(fullName)) {
        return Optional.of(at);
      }
    }
    return Optional.empty();
  }

  /** The Istio object that the nearest part was made from that says so; or null. */
  @Nullable Owner owner() {
    for (Part at = this; at != null; at = at.parent) {
      JsonNode metadata = at.value("metadata");
      JsonNode filters =
          metadata.has("filter_metadata")
              ? metadata.path("filter_metadata")
              : metadata.path("filterMetadata");
      Optional<Owner> owner = Owner.parse(filters.path("istio").path("config").asText());
      if (owner.isPresent()) {
        return owner.get();
      }
    }
    return null;
  }

  /** The JSON pointer to it. */
  String pointer() {
    return parent == null ? step : parent.pointer() + step;
  }

  @Override
  public String toString() {
    return type.getName() + " at " + pointer();
  }

  private String spelled(String field) {
    if (json.has(field)) {
      return field;
    }
    FieldDescriptor descriptor = type.findFieldByName(field);
    return descriptor == null ? field : descriptor.getJsonName();
  }

  private List<Part> parts(FieldDescriptor field, String name, JsonNode value) {
    List<Part> parts = new ArrayList<>();
    String at = "/" + escaped(name);
    if (field.isMapField()) {
      FieldDescriptor valueField = field.getMessageType().findFieldByName("value");
      for (Map.Entry<String, JsonNode> entry : value.properties()) {
        add(valueField, at + "/" + escaped(entry.getKey()), entry.getValue(), parts);
      }
    } else if (field.isRepeated()) {
      for (int i = 0; i < value.size(); i++) {
        add(field, at + "/" + i, value.path(i), parts);
      }
    } else {
      add(field, at, value, parts);
    }
    return parts;
  }

  private void add(FieldDescriptor field, String at, JsonNode value, List<Part> parts) {
    if (!value.isObject() || field.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
      return;
    }
    Descriptor messageType = field.getMessageType();
    if (messageType.getFullName().equals(ANY)) {
      EnvoyTypes.descriptor(value.path("@type").asText())
          .ifPresent(known -> parts.add(new Part(resource, this, at, known, value)));
    } else {
      parts.add(new Part(resource, this, at, messageType, value));
    }
  }

  private static String escaped(String step) {
    return step.replace("~", "~0").replace("/", "~1");
  }
}
