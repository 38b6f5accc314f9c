package dev.pilothouse.delve;

import java.nio.charset.StandardCharsets;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** How one finds one's way in a {@link GoValue}. */
final class Values {
  /** A named constant is {@code name (number)}. */
  private static final Pattern NAMED = Pattern.compile(".*\\((-?\\d+)\\)");

  /** A step of a path: a field, or a key or an index in brackets. */
  private static final Pattern STEP =
      Pattern.compile("\\.?([^.\\[\\]]+)|\\[\"((?:[^\"\\\\]|\\\\.)*)\"]|\\[([^\\]]*)]");

  private Values() {}

  static long number(String text) {
    Matcher named = NAMED.matcher(text);
    String digits = named.matches() ? named.group(1) : text;
    return digits.startsWith("-") ? Long.parseLong(digits) : Long.parseUnsignedLong(digits);
  }

  static double decimal(String text) {
    return switch (text) {
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }

  static long bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  /** A field of a struct, or of a struct that is embedded in it. */
  static Optional<GoValue> field(GoValue struct, String name) {
    if (struct.kind() != GoKind.STRUCT) {
      return Optional.empty();
    }
    for (GoValue field : struct.children()) {
      if (field.name().equals(name)) {
        return Optional.of(field);
      }
    }
    for (GoValue field : struct.children()) {
      if (embedded(field)) {
        Optional<GoValue> deeper = field(field.target(), name);
        if (deeper.isPresent()) {
          return deeper;
        }
      }
    }
    return Optional.empty();
  }

  /** An embedded struct is named as its type. */
  private static boolean embedded(GoValue field) {
    String type = field.type().replaceFirst("^\\*", "");
    return type.substring(type.lastIndexOf('.') + 1).equals(field.name());
  }

  static String noField(GoValue value, String field) {
    if (value.kind() != GoKind.STRUCT) {
      return "no field " + field + ": it is no struct but " + value;
    }
    if (value.children().isEmpty()) {
      return "no field " + field + " was read of " + value + ": load more levels";
    }
    return "no field "
        + field
        + " in "
        + value.type()
        + ", which has "
        + value.children().stream().map(GoValue::name).collect(Collectors.joining(", "));
  }

  static GoValue at(GoValue root, String path) {
    GoValue value = root;
    Matcher step = STEP.matcher(path);
    int end = 0;
    while (end < path.length()) {
      if (!step.find(end) || step.start() != end) {
        throw new IllegalArgumentException(
            "no path: " + path + " (at " + path.substring(end) + ")");
      }
      String soFar = path.substring(0, end);
      value = step.group(1) != null ? value.field(step.group(1)) : inside(value, step, soFar);
      end = step.end();
    }
    return value;
  }

  private static GoValue inside(GoValue value, Matcher step, String soFar) {
    String key = step.group(2) != null ? step.group(2).replaceAll("\\\\(.)", "$1") : step.group(3);
    GoValue target = value.target();
    if (target.kind() == GoKind.MAP) {
      return target
          .get(key)
          .orElseThrow(
              () ->
                  new NoSuchElementException(
                      "no key " + key + " in " + soFar + ", which is " + target));
    }
    int index;
    try {
      index = Integer.parseInt(key);
    } catch (NumberFormatException e) {
      throw new NoSuchElementException("no element " + key + " in " + soFar + ": " + target, e);
    }
    if (index < 0 || index >= target.elements().size()) {
      throw new NoSuchElementException(
          "no element %d in %s: %d of %d were read"
              .formatted(index, soFar, target.elements().size(), target.length()));
    }
    return target.elements().get(index);
  }
}
