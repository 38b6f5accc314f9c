package dev.pilothouse.envoy.diff;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import dev.pilothouse.envoy.Resource;
import dev.pilothouse.envoy.diff.Difference.Change;
import dev.pilothouse.envoy.diff.MessageFields.Held;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Walks two resources side by side, and only where their JSON differs. */
final class Comparison {
  private final Resource old;
  private final Resource fresh;
  private final Sides sides;
  private final List<Difference> found = new ArrayList<>();
  private final List<LeftOut> undecided = new ArrayList<>();

  Comparison(Resource old, Resource fresh, Sides sides) {
    this.old = old;
    this.fresh = fresh;
    this.sides = sides;
  }

  List<Difference> differences() {
    JsonNode before = old.raw();
    JsonNode after = fresh.raw();
    if (AnyValue.name(old.typeUrl()).equals(AnyValue.name(fresh.typeUrl()))) {
      compare(
          Trail.ROOT,
          Shape.ofType(old.typeUrl()),
          AnyValue.content(before),
          AnyValue.content(after));
    } else {
      report(Change.CHANGED, Trail.ROOT, before, after);
    }
    return found;
  }

  /** What was met that cannot be compared. */
  List<LeftOut> undecided() {
    return undecided;
  }

  private void compare(Trail trail, Shape shape, JsonNode before, JsonNode after) {
    if (before.equals(after)) {
      return;
    }
    if (shape instanceof Shape.Scalar scalar) {
      compareScalars(trail, scalar, before, after);
    } else if (shape instanceof Shape.Items items && before.isArray() && after.isArray()) {
      compareLists(trail, items, before, after);
    } else if (!before.isObject() || !after.isObject()) {
      compareRaw(trail, shape instanceof Shape.Raw raw ? raw : Shape.STRUCT, before, after);
    } else if (shape instanceof Shape.Known known) {
      compareMessages(trail, known.type(), before, after);
    } else if (shape instanceof Shape.Any) {
      compareAnys(trail, before, after);
    } else if (shape instanceof Shape.Entries entries) {
      compareMaps(trail, entries.value(), before, after);
    } else {
      compareRaw(trail, shape instanceof Shape.Raw raw ? raw : Shape.STRUCT, before, after);
    }
  }

  private void compareScalars(Trail trail, Shape.Scalar scalar, JsonNode before, JsonNode after) {
    if (sides.before().of(scalar, before).equals(sides.after().of(scalar, after))) {
      return;
    }
    if (Redaction.is(before) || Redaction.is(after)) {
      undecided.add(
          new LeftOut(
              Kind.of(fresh.section()).words() + " " + fresh.name() + " " + trail,
              "it is redacted on one side"));
    } else {
      report(Change.CHANGED, trail, before, after);
    }
  }

  private void compareMessages(Trail trail, Descriptor type, JsonNode before, JsonNode after) {
    Shape shape = new Shape.Known(type);
    if (DataSources.is(type)
        && sides.before().of(shape, before).equals(sides.after().of(shape, after))) {
      return;
    }
    MessageFields mine = new MessageFields(type, before);
    MessageFields others = new MessageFields(type, after);
    Set<FieldDescriptor> done = new HashSet<>();
    for (OneofDescriptor oneof : type.getRealOneofs()) {
      FieldDescriptor chosenBefore = mine.chosen(oneof);
      FieldDescriptor chosenAfter = others.chosen(oneof);
      if (chosenBefore != null && chosenAfter != null && !chosenBefore.equals(chosenAfter)) {
        done.add(chosenBefore);
        done.add(chosenAfter);
        report(
            Change.CHANGED,
            trail.field(oneof.getName(), null, null),
            member(chosenBefore, mine),
            member(chosenAfter, others));
      }
    }
    Set<FieldDescriptor> all = new TreeSet<>(mine.known().keySet());
    all.addAll(others.known().keySet());
    all.removeAll(done);
    for (FieldDescriptor field : all) {
      if (!sides.before().ignores(field)) {
        compareField(trail, field, mine, others);
      }
    }
    compareUnknown(trail, mine.unknown(), others.unknown());
  }

  private void compareField(
      Trail trail, FieldDescriptor field, MessageFields mine, MessageFields others) {
    Held before = mine.get(field);
    Held after = others.get(field);
    boolean counts =
        (before != null && sides.before().counts(field, mine, before.value()))
            || (after != null && sides.after().counts(field, others, after.value()));
    if (!counts) {
      return;
    }
    Trail at =
        trail.field(
            field.getName(),
            before == null ? null : before.spelled(),
            after == null ? null : after.spelled());
    if (before != null && after != null) {
      Shape shape = Shape.of(field, ListRules.ordered(field, mine) ? mine : others);
      compare(at, shape, before.value(), after.value());
    } else if (field.hasPresence() || field.isRepeated() || Zero.isNothing(field)) {
      reportOneSided(at, before, after);
    } else {
      report(
          Change.CHANGED,
          at,
          before == null ? Zero.of(field) : before.value(),
          after == null ? Zero.of(field) : after.value());
    }
  }

  private void compareUnknown(Trail trail, Map<String, Held> mine, Map<String, Held> others) {
    Set<String> names = new TreeSet<>(mine.keySet());
    names.addAll(others.keySet());
    for (String name : names) {
      Held before = mine.get(name);
      Held after = others.get(name);
      Trail at =
          trail.field(
              envoysName(before, after),
              before == null ? null : before.spelled(),
              after == null ? null : after.spelled());
      if (before != null && after != null) {
        compare(at, Shape.UNKNOWN, before.value(), after.value());
      } else {
        reportOneSided(at, before, after);
      }
    }
  }

  private void compareAnys(Trail trail, JsonNode before, JsonNode after) {
    if (AnyValue.type(before).equals(AnyValue.type(after))) {
      compare(trail, AnyValue.shape(before), AnyValue.content(before), AnyValue.content(after));
    } else {
      report(Change.CHANGED, trail, before, after);
    }
  }

  private void compareMaps(Trail trail, Shape shape, JsonNode before, JsonNode after) {
    Map<String, Held> mine = byKey(before, sides.before(), false);
    Map<String, Held> others = byKey(after, sides.after(), false);
    compareKeys(trail, shape, mine, others, false);
  }

  private void compareRaw(Trail trail, Shape.Raw shape, JsonNode before, JsonNode after) {
    if (before.isObject() && after.isObject()) {
      boolean either = shape.spelledEitherWay();
      compareKeys(
          trail,
          shape,
          byKey(before, sides.before(), either),
          byKey(after, sides.after(), either),
          true);
    } else if (before.isArray() && after.isArray()) {
      compareLists(trail, new Shape.Items(shape, true), before, after);
    } else if (before.isContainerNode() || after.isContainerNode()) {
      report(Change.CHANGED, trail, before, after);
    } else if (!sides.before().raw(before).equals(sides.after().raw(after))) {
      report(Change.CHANGED, trail, before, after);
    }
  }

  private void compareKeys(
      Trail trail,
      Shape shape,
      Map<String, Held> mine,
      Map<String, Held> others,
      boolean likeFields) {
    Set<String> keys = new TreeSet<>(mine.keySet());
    keys.addAll(others.keySet());
    for (String key : keys) {
      Held before = mine.get(key);
      Held after = others.get(key);
      String spelledBefore = before == null ? null : before.spelled();
      String spelledAfter = after == null ? null : after.spelled();
      String shown = spelledAfter == null ? String.valueOf(spelledBefore) : spelledAfter;
      if (spelledBefore != null && spelledBefore.indexOf('_') >= 0) {
        shown = spelledBefore;
      }
      Trail at =
          likeFields && shown.matches("[A-Za-z0-9_]+")
              ? trail.field(shown, spelledBefore, spelledAfter)
              : trail.key(shown, spelledBefore, spelledAfter);
      if (before != null && after != null) {
        compare(at, shape, before.value(), after.value());
      } else {
        reportOneSided(at, before, after);
      }
    }
  }

  private void compareLists(Trail trail, Shape.Items items, JsonNode before, JsonNode after) {
    List<Element> mine = elements(items.element(), before, sides.before());
    List<Element> others = elements(items.element(), after, sides.after());
    Pairing pairing = Pairing.of(mine, others);
    Labels labels = new Labels(mine, others);
    boolean[] moved = pairing.moved();
    for (int i = 0; i < mine.size(); i++) {
      int j = pairing.after(i);
      if (j < 0) {
        Trail at = trail.element(labels.before(i), mine.get(i).index(), -1);
        report(Change.REMOVED, at, mine.get(i).json(), null);
        continue;
      }
      int from = mine.get(i).index();
      int to = others.get(j).index();
      Trail at = trail.element(labels.after(j), from, to);
      if (items.ordered() && moved[i]) {
        report(Change.MOVED, at, IntNode.valueOf(from), IntNode.valueOf(to));
      }
      compare(at, items.element(), mine.get(i).json(), others.get(j).json());
    }
    for (int j = 0; j < others.size(); j++) {
      if (pairing.isNew(j)) {
        Trail at = trail.element(labels.after(j), -1, others.get(j).index());
        report(Change.ADDED, at, null, others.get(j).json());
      }
    }
  }

  private List<Element> elements(Shape shape, JsonNode list, Meaning meaning) {
    List<Element> elements = new ArrayList<>(list.size());
    for (int i = 0; i < list.size(); i++) {
      if (!sides.skips(shape, list.get(i))) {
        elements.add(Element.of(i, shape, list.get(i), meaning));
      }
    }
    return elements;
  }

  private void reportOneSided(Trail at, @Nullable Held before, @Nullable Held after) {
    report(
        before == null ? Change.ADDED : Change.REMOVED,
        at,
        before == null ? null : before.value(),
        after == null ? null : after.value());
  }

  private void report(
      Change change, Trail trail, @Nullable JsonNode before, @Nullable JsonNode after) {
    found.add(new Difference(change, old, fresh, trail, before, after));
  }

  private static ObjectNode member(FieldDescriptor field, MessageFields fields) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    Held held = fields.get(field);
    if (held != null) {
      object.set(field.getName(), held.value());
    }
    return object;
  }

  private static Map<String, Held> byKey(JsonNode object, Meaning meaning, boolean eitherWay) {
    Map<String, Held> byKey = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : object.properties()) {
      String key = entry.getKey();
      Held held = new Held(key, entry.getValue());
      byKey.put(eitherWay ? Spelling.common(key) : meaning.name(key), held);
    }
    return byKey;
  }

  private static String envoysName(@Nullable Held before, @Nullable Held after) {
    Held here = before == null ? after : before;
    String spelled = here == null ? "" : here.spelled();
    if (after != null && after.spelled().indexOf('_') >= 0) {
      spelled = after.spelled();
    }
    return spelled.indexOf('_') >= 0 ? spelled : Spelling.envoys(spelled);
  }
}
