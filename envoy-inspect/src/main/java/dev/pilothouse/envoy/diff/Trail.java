package dev.pilothouse.envoy.diff;

import org.jspecify.annotations.Nullable;

/** The way into a resource: in words, and as a JSON pointer on each side. */
final class Trail {
  static final Trail ROOT = new Trail(null, "", null, null);

  private final @Nullable Trail parent;
  private final String words;
  private final @Nullable String stepBefore;
  private final @Nullable String stepAfter;

  private Trail(
      @Nullable Trail parent,
      String words,
      @Nullable String stepBefore,
      @Nullable String stepAfter) {
    this.parent = parent;
    this.words = words;
    this.stepBefore = stepBefore;
    this.stepAfter = stepAfter;
  }

  /** A field; its name may be spelled differently on both sides. */
  Trail field(String name, @Nullable String spelledBefore, @Nullable String spelledAfter) {
    return new Trail(this, parent == null ? name : "." + name, spelledBefore, spelledAfter);
  }

  /** A key of a map, or of JSON whose names are the user's own. */
  Trail key(String key, @Nullable String keyBefore, @Nullable String keyAfter) {
    return new Trail(this, "[" + key + "]", keyBefore, keyAfter);
  }

  /** An element of a list; a side that does not have it is negative. */
  Trail element(String label, int before, int after) {
    return new Trail(
        this,
        "[" + label + "]",
        before < 0 ? null : Integer.toString(before),
        after < 0 ? null : Integer.toString(after));
  }

  /** The path in Envoy's words, as {@code virtual_hosts[a].routes[0].route.timeout}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Trail at = this; at != null; at = at.parent) {
      text.insert(0, at.words);
    }
    return text.toString();
  }

  /** The pointer within the resource, as far as this side has it. */
  String pointer(boolean before) {
    StringBuilder text = new StringBuilder();
    appendPointer(before, text);
    return text.toString();
  }

  private boolean appendPointer(boolean before, StringBuilder text) {
    if (parent == null) {
      return true;
    }
    String step = before ? stepBefore : stepAfter;
    if (!parent.appendPointer(before, text) || step == null) {
      return false;
    }
    text.append('/').append(step.replace("~", "~0").replace("/", "~1"));
    return true;
  }
}
