package dev.pilothouse.toolbox;

import java.util.HashMap;
import java.util.Map;

/** Environment variables, put together. */
final class Variables {
  private Variables() {}

  /** The first map, with the entries of the second in place of its own. */
  static Map<String, String> with(Map<String, String> base, Map<String, String> more) {
    Map<String, String> result = new HashMap<>(base);
    result.putAll(more);
    return result;
  }
}
