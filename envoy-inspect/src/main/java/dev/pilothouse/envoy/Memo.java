package dev.pilothouse.envoy;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A value that is made when first asked for. Safe for use by several threads; made once, unless
 * making it fails, which is not remembered.
 */
final class Memo<T> {
  private volatile @Nullable T value;

  T get(Supplier<T> maker) {
    T made = value;
    if (made == null) {
      synchronized (this) {
        made = value;
        if (made == null) {
          made = maker.get();
          value = made;
        }
      }
    }
    return made;
  }
}
