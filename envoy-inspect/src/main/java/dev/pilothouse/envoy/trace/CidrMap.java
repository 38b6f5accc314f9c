package dev.pilothouse.envoy.trace;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Finds the longest range that has an address. */
final class CidrMap<V> {
  private final Map<Integer, Map<Ip, V>> byLength = new TreeMap<>(Comparator.reverseOrder());

  /**
   * Adds a range.
   *
   * @return false if the range was there, with another value, which stays
   */
  boolean put(Cidr range, V value) {
    V before =
        byLength
            .computeIfAbsent(range.length(), l -> new HashMap<>())
            .putIfAbsent(range.ip(), value);
    return before == null || before.equals(value);
  }

  @Nullable V longest(Ip address) {
    for (Map.Entry<Integer, Map<Ip, V>> entry : byLength.entrySet()) {
      int length = entry.getKey();
      if (length <= address.bits()) {
        V found = entry.getValue().get(address.prefix(length));
        if (found != null) {
          return found;
        }
      }
    }
    return null;
  }
}
