package dev.pilothouse.envoy.diff;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What elements are called in a path: their own label where it is theirs alone. */
final class Labels {
  private final List<Element> before;
  private final List<Element> after;
  private final Map<String, Integer> timesBefore = new HashMap<>();
  private final Map<String, Integer> timesAfter = new HashMap<>();

  Labels(List<Element> before, List<Element> after) {
    this.before = before;
    this.after = after;
    before.forEach(element -> timesBefore.merge(element.label(), 1, Integer::sum));
    after.forEach(element -> timesAfter.merge(element.label(), 1, Integer::sum));
  }

  String before(int i) {
    return label(before.get(i));
  }

  String after(int j) {
    return label(after.get(j));
  }

  private String label(Element element) {
    String label = element.label();
    boolean alone =
        timesBefore.getOrDefault(label, 0) <= 1 && timesAfter.getOrDefault(label, 0) <= 1;
    return label.isEmpty() || !alone ? Integer.toString(element.index()) : label;
  }
}
