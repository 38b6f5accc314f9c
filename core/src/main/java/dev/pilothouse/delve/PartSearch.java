package dev.pilothouse.delve;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Looks for a text in all strings of a value. */
final class PartSearch {
  /** A message of protobuf has its own type here, with the names of everything. */
  private static final String PROTOBUF_STATE = "protoimpl.MessageState";

  /**
   * A string with the text.
   *
   * @param path the way to it, as Go writes it
   */
  record Found(String path, String text) {}

  private PartSearch() {}

  static Optional<Found> in(GoValue value, String part) {
    return in(value.name(), value, part);
  }

  private static Optional<Found> in(String path, GoValue value, String part) {
    GoValue target = value.target();
    return switch (target.kind()) {
      case STRING ->
          target.value().contains(part)
              ? Optional.of(new Found(path, target.value()))
              : Optional.empty();
      case STRUCT -> inFields(path, target.children(), part);
      case ARRAY, SLICE -> inElements(path, target.children(), part);
      case MAP -> inPairs(path, target.entries(), part);
      default -> Optional.empty();
    };
  }

  private static Optional<Found> inFields(String path, List<GoValue> fields, String part) {
    for (GoValue field : fields) {
      if (!field.type().endsWith(PROTOBUF_STATE)) {
        Optional<Found> found = in(path + "." + field.name(), field, part);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<Found> inElements(String path, List<GoValue> elements, String part) {
    for (int i = 0; i < elements.size(); i++) {
      Optional<Found> found = in(path + "[" + i + "]", elements.get(i), part);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private static Optional<Found> inPairs(
      String path, List<Map.Entry<GoValue, GoValue>> pairs, String part) {
    for (Map.Entry<GoValue, GoValue> pair : pairs) {
      String key = path + "[" + pair.getKey().target().value() + "]";
      Optional<Found> found = in(key, pair.getKey(), part).or(() -> in(key, pair.getValue(), part));
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }
}
