package dev.pilothouse.delve;

/** A {@link GoValue} in one line, however large it is. */
final class ValueText {
  private static final int LONGEST = 2_000;
  private static final int LONGEST_STRING = 200;

  private final StringBuilder text = new StringBuilder();

  private ValueText() {}

  static String of(GoValue value) {
    ValueText line = new ValueText();
    line.add(value, true);
    return line.text.length() <= LONGEST
        ? line.text.toString()
        : line.text.substring(0, LONGEST) + "…";
  }

  private void add(GoValue value, boolean outermost) {
    if (text.length() > LONGEST) {
      return;
    }
    if (!value.unreadable().isEmpty()) {
      text.append("(unreadable: ").append(value.unreadable()).append(')');
      return;
    }
    switch (value.kind()) {
      case STRING -> quote(value);
      case STRUCT -> struct(value, outermost);
      case ARRAY, SLICE -> list(value, outermost);
      case MAP -> map(value);
      case POINTER -> pointer(value);
      case INTERFACE -> held(value);
      case FUNC -> text.append(value.isNil() ? "nil" : value.value());
      case CHAN ->
          text.append(
              value.isNil()
                  ? "nil"
                  : "%s %d/%d".formatted(value.type(), value.length(), value.capacity()));
      case INVALID -> text.append("nil");
      default -> text.append(value.value());
    }
  }

  private void quote(GoValue string) {
    text.append('"');
    String shown = string.value();
    boolean cut = shown.length() > LONGEST_STRING;
    for (char c : (cut ? shown.substring(0, LONGEST_STRING) : shown).toCharArray()) {
      switch (c) {
        case '"' -> text.append("\\\"");
        case '\\' -> text.append("\\\\");
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\t' -> text.append("\\t");
        default -> text.append(c < ' ' ? "\\x%02x".formatted((int) c) : String.valueOf(c));
      }
    }
    text.append('"');
    if (cut || string.truncated()) {
      text.append("…(").append(string.length()).append(" bytes)");
    }
  }

  private void struct(GoValue struct, boolean outermost) {
    if (outermost) {
      text.append(shortType(struct.type()));
    }
    if (!struct.value().isEmpty()) {
      text.append('(').append(struct.value()).append(')'); // As Delve shows a time.Time.
      return;
    }
    text.append('{');
    String comma = "";
    for (GoValue field : struct.children()) {
      text.append(comma).append(field.name()).append(": ");
      add(field, false);
      comma = ", ";
    }
    rest(comma, struct.children().size() < struct.length());
    text.append('}');
  }

  private void list(GoValue list, boolean outermost) {
    if (list.kind() == GoKind.SLICE && list.isNil()) {
      text.append("nil");
      return;
    }
    if (outermost) {
      text.append(shortType(list.type()));
    }
    text.append('[');
    String comma = "";
    for (GoValue element : list.children()) {
      text.append(comma);
      add(element, false);
      comma = ", ";
    }
    rest(comma, list.children().size() < list.length());
    text.append(']');
  }

  private void map(GoValue map) {
    if (map.isNil()) {
      text.append("nil");
      return;
    }
    text.append("map[");
    String comma = "";
    for (int i = 0; i + 1 < map.children().size(); i += 2) {
      text.append(comma);
      add(map.children().get(i), false);
      text.append(": ");
      add(map.children().get(i + 1), false);
      comma = ", ";
    }
    rest(comma, map.children().size() < 2 * map.length());
    text.append(']');
  }

  private void pointer(GoValue pointer) {
    if (pointer.isNil()) {
      text.append("nil");
      return;
    }
    GoValue target = pointer.children().get(0);
    if (target.addressOnly()) {
      text.append("(").append(shortType(pointer.type())).append(")(0x");
      text.append(Long.toHexString(target.address())).append(')');
    } else {
      text.append('&');
      add(target, true);
    }
  }

  private void held(GoValue held) {
    if (held.isNil()) {
      text.append("nil");
      return;
    }
    GoValue inside = held.children().get(0);
    if (inside.addressOnly()) {
      text.append(shortType(inside.type())).append("(…)");
    } else {
      add(inside, true);
    }
  }

  private void rest(String comma, boolean more) {
    if (more) {
      text.append(comma).append('…');
    }
  }

  /** Without the folders of the package: {@code *model.Proxy}. */
  private static String shortType(String type) {
    return type.replaceAll("[\\w.@~-]+/", "");
  }
}
