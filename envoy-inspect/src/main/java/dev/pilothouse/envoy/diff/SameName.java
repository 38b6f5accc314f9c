package dev.pilothouse.envoy.diff;

import dev.pilothouse.envoy.Resource;
import dev.pilothouse.envoy.diff.Difference.Change;
import java.util.ArrayList;
import java.util.List;

/**
 * The resources of one kind and name on both sides. Mostly it is one on each; route configurations
 * that are written inside listeners may share a name.
 */
final class SameName {
  private final List<Difference> differences = new ArrayList<>();
  private final List<LeftOut> undecided = new ArrayList<>();

  SameName(List<Resource> before, List<Resource> after, Sides sides) {
    if (before.size() == 1 && after.size() == 1) {
      compare(before.get(0), after.get(0), sides);
      return;
    }
    List<Resource> mine = new ArrayList<>(before);
    List<Resource> others = new ArrayList<>(after);
    dropSame(mine, others);
    boolean none = mine.isEmpty() || others.isEmpty();
    Pairing pairing =
        none
            ? Pairing.none(mine.size(), others.size())
            : Pairing.of(elements(mine, sides.before()), elements(others, sides.after()));
    for (int i = 0; i < mine.size(); i++) {
      if (pairing.after(i) >= 0) {
        compare(mine.get(i), others.get(pairing.after(i)), sides);
      } else {
        differences.add(new Difference(Change.REMOVED, mine.get(i), null, Trail.ROOT, null, null));
      }
    }
    for (int j = 0; j < others.size(); j++) {
      if (pairing.isNew(j)) {
        differences.add(new Difference(Change.ADDED, null, others.get(j), Trail.ROOT, null, null));
      }
    }
  }

  List<Difference> differences() {
    return differences;
  }

  List<LeftOut> undecided() {
    return undecided;
  }

  private void compare(Resource before, Resource after, Sides sides) {
    // The text of a large dump is compared in a moment; only what is written otherwise is read.
    if (before.isWrittenAs(after)) {
      return;
    }
    if (before.raw().isEmpty() != after.raw().isEmpty()) {
      String what = Kind.of(after.section()).words() + " " + after.name();
      undecided.add(new LeftOut(what, "one of the dumps has no more of it than its name"));
      return;
    }
    Comparison comparison = new Comparison(before, after, sides);
    differences.addAll(comparison.differences());
    undecided.addAll(comparison.undecided());
  }

  private static void dropSame(List<Resource> mine, List<Resource> others) {
    mine.removeIf(
        resource -> {
          for (int j = 0; j < others.size(); j++) {
            if (resource.isWrittenAs(others.get(j))) {
              others.remove(j);
              return true;
            }
          }
          return false;
        });
  }

  private static List<Element> elements(List<Resource> resources, Meaning meaning) {
    List<Element> elements = new ArrayList<>(resources.size());
    for (int i = 0; i < resources.size(); i++) {
      Resource resource = resources.get(i);
      elements.add(
          Element.of(
              i, Shape.ofType(resource.typeUrl()), AnyValue.content(resource.raw()), meaning));
    }
    return elements;
  }
}
