package dev.pilothouse.envoy.diff;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Texts of one side that mean the same as others of the other side, as the proxy's own address. */
final class Aliases {
  static final Aliases NONE = new Aliases(Map.of());

  private final Map<String, String> common;
  private final @Nullable Pattern pattern;

  /**
   * Takes the texts.
   *
   * @param common what stands for each on both sides
   */
  Aliases(Map<String, String> common) {
    this.common = Map.copyOf(common);
    // Longer ones first, so that none hides another that it is a part of.
    String all =
        new TreeMap<>(common)
            .descendingMap().keySet().stream().map(Pattern::quote).collect(Collectors.joining("|"));
    this.pattern =
        common.isEmpty()
            ? null
            : Pattern.compile("(?<![A-Za-z0-9.])(?:" + all + ")(?![A-Za-z0-9]|\\.[A-Za-z0-9])");
  }

  /** The text as both sides have it. Only whole words are replaced. */
  String common(String text) {
    if (pattern == null) {
      return text;
    }
    return pattern
        .matcher(text)
        .replaceAll(found -> Matcher.quoteReplacement(String.valueOf(common.get(found.group()))));
  }
}
