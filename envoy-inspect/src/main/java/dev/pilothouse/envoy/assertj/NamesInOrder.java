package dev.pilothouse.envoy.assertj;

import java.util.List;

/**
 * Names whose order counts, as those of filters.
 *
 * @param what what they name, as {@code HTTP filters}
 * @param names the names, in order
 */
record NamesInOrder(String what, List<String> names) {
  static NamesInOrder of(String what, List<String> names) {
    return new NamesInOrder(what, names);
  }

  void exactly(AbstractEnvoyAssert<?, ?> on, String... expected) {
    if (!names.equals(List.of(expected))) {
      throw on.differs(
          "to have exactly these " + what + ": " + text(List.of(expected)),
          "it has " + text(names),
          names,
          List.of(expected));
    }
  }

  void contain(AbstractEnvoyAssert<?, ?> on, String name) {
    if (!names.contains(name)) {
      throw on.differs(
          "to have %s among its %s".formatted(name, what),
          "it has " + text(names),
          names,
          List.of(name));
    }
  }

  void lack(AbstractEnvoyAssert<?, ?> on, String name) {
    if (names.contains(name)) {
      throw on.differs(
          "not to have %s among its %s".formatted(name, what),
          "it has " + text(names),
          names,
          names.stream().filter(there -> !there.equals(name)).toList());
    }
  }

  void before(AbstractEnvoyAssert<?, ?> on, String first, String second) {
    contain(on, first);
    contain(on, second);
    if (names.lastIndexOf(first) >= names.indexOf(second)) {
      throw on.differs(
          "to have among its %s %s before %s".formatted(what, first, second),
          "the order is " + text(names),
          names,
          List.of(first, second));
    }
  }

  private static String text(List<String> names) {
    return names.isEmpty() ? "none" : String.join(", ", names);
  }
}
