package dev.pilothouse.envoy;

import org.jspecify.annotations.Nullable;

/**
 * A JSON pointer while a tree is walked. Its text is made when it is asked for, which is seldom
 * while the walk takes a step for each of a million fields.
 */
final class PointerPath {
  private final @Nullable PointerPath parent;
  private final String step;

  private PointerPath(@Nullable PointerPath parent, String step) {
    this.parent = parent;
    this.step = step;
  }

  static PointerPath root(String pointer) {
    return new PointerPath(null, pointer);
  }

  PointerPath field(String name) {
    return new PointerPath(this, name);
  }

  PointerPath element(int index) {
    return new PointerPath(this, Integer.toString(index));
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    append(text);
    return text.toString();
  }

  private void append(StringBuilder text) {
    if (parent == null) {
      text.append(step);
    } else {
      parent.append(text);
      text.append('/').append(escaped(step));
    }
  }

  /** The first steps of a pointer. */
  static String start(String pointer, int steps) {
    int at = 0;
    for (int i = 0; i < steps && at >= 0; i++) {
      at = pointer.indexOf('/', at + 1);
    }
    return at < 0 ? pointer : pointer.substring(0, at);
  }

  /** A step as it is written in a pointer. */
  static String escaped(String step) {
    return step.indexOf('~') < 0 && step.indexOf('/') < 0
        ? step
        : step.replace("~", "~0").replace("/", "~1");
  }
}
