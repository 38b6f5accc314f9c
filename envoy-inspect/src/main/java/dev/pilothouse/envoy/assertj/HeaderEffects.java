package dev.pilothouse.envoy.assertj;

import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption.HeaderAppendAction;
import java.util.ArrayList;
import java.util.List;

/**
 * What the configuration does to headers, at all levels that apply, in the order in which Envoy
 * applies them: from the most specific to the least, unless the route configuration says {@code
 * most_specific_header_mutations_wins}. At each level Envoy removes, then overwrites, then adds.
 *
 * @param levels the levels, in the order of application
 */
record HeaderEffects(List<Level> levels) {

  /**
   * One level.
   *
   * @param name as {@code the route}
   * @param add what it adds, in order
   * @param remove what it removes
   */
  record Level(String name, List<HeaderValueOption> add, List<String> remove) {}

  /**
   * What becomes of one header.
   *
   * @param values the values that the configuration gives it
   * @param removed whether what was there before is removed
   * @param story what happens to it, level by level
   */
  record Outcome(List<String> values, boolean removed, List<String> story) {}

  Outcome of(String header) {
    List<String> values = new ArrayList<>();
    List<String> story = new ArrayList<>();
    boolean removed = false;
    for (Level level : levels) {
      for (String name : level.remove()) {
        if (name.equalsIgnoreCase(header)) {
          values.clear();
          removed = true;
          story.add(level.name() + " removes it");
        }
      }
      // Envoy looks for what is there before it adds anything of this level.
      boolean wasThere = !values.isEmpty();
      List<HeaderValueOption> adds = level.add().stream().filter(o -> sets(o, header)).toList();
      for (HeaderValueOption option : adds) {
        if (overwrites(option)) {
          values.clear();
          values.add(option.getHeader().getValue());
          story.add("%s sets it to %s".formatted(level.name(), option.getHeader().getValue()));
        }
      }
      for (HeaderValueOption option : adds) {
        boolean ifAbsent = action(option) == HeaderAppendAction.ADD_IF_ABSENT;
        if (!overwrites(option) && !(ifAbsent && wasThere)) {
          values.add(option.getHeader().getValue());
          story.add("%s adds %s".formatted(level.name(), option.getHeader().getValue()));
        }
      }
    }
    return new Outcome(List.copyOf(values), removed, List.copyOf(story));
  }

  /** Everything that is added at any level. */
  List<HeaderValueOption> added() {
    return levels.stream().flatMap(level -> level.add().stream()).toList();
  }

  /** Everything that is removed at any level. */
  List<String> removed() {
    return levels.stream().flatMap(level -> level.remove().stream()).toList();
  }

  private static boolean sets(HeaderValueOption option, String header) {
    return option.getHeader().getKey().equalsIgnoreCase(header)
        && (option.getKeepEmptyValue() || !option.getHeader().getValue().isEmpty());
  }

  private static boolean overwrites(HeaderValueOption option) {
    HeaderAppendAction action = action(option);
    return action == HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD
        || action == HeaderAppendAction.OVERWRITE_IF_EXISTS;
  }

  @SuppressWarnings("deprecation") // Envoy still reads the flag that the action replaced.
  private static HeaderAppendAction action(HeaderValueOption option) {
    if (option.hasAppend()) {
      return option.getAppend().getValue()
          ? HeaderAppendAction.APPEND_IF_EXISTS_OR_ADD
          : HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD;
    }
    return option.getAppendAction();
  }
}
