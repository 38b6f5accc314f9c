package dev.pilothouse.toolbox;

import java.util.HashMap;
import java.util.Map;

/** Environments, put together. */
final class Maps {
  private Maps() {}

  /** The first map, with the entries of the second in place of its own. */
  static Map<String, String> with(Map<String, String> base, Map<String, String> more) {
    Map<String, String> result = new HashMap<>(base);
    result.putAll(more);
    return result;
  }
}
