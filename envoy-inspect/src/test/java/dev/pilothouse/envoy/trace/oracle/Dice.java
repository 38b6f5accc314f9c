package dev.pilothouse.envoy.trace.oracle;

import java.util.List;
import java.util.Random;

/** Random choices from a fixed seed. */
final class Dice {
  private final Random random;

  Dice(long seed) {
    this.random = new Random(seed);
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  @SafeVarargs
  final <T> T of(T... all) {
    return all[random.nextInt(all.length)];
  }

  <T> T of(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }

  <T> List<T> some(List<T> all, int count) {
    List<T> shuffled = new java.util.ArrayList<>(all);
    java.util.Collections.shuffle(shuffled, random);
    return List.copyOf(shuffled.subList(0, Math.min(count, all.size())));
  }

  String segment() {
    return of("foo", "foobar", "bar", "Foo", "a.b", "x-1", "api", "v1", "foo%20x", "~u");
  }

  String path() {
    StringBuilder path = new StringBuilder();
    for (int i = below(3); i >= 0; i--) {
      path.append('/').append(segment());
    }
    return path.toString();
  }

  /** One letter in the other case. */
  String otherCase(String text) {
    List<Integer> letters =
        java.util.stream.IntStream.range(0, text.length())
            .filter(i -> Character.isLetter(text.charAt(i)))
            .boxed()
            .toList();
    if (letters.isEmpty()) {
      return text + "A";
    }
    int at = of(letters);
    char c = text.charAt(at);
    char other = Character.isUpperCase(c) ? Character.toLowerCase(c) : Character.toUpperCase(c);
    return text.substring(0, at) + other + text.substring(at + 1);
  }

  /** Any letters in the other case. */
  String anyCase(String text) {
    String changed = text;
    for (int i = below(4); i > 0; i--) {
      changed = otherCase(changed);
    }
    return changed;
  }

  String shorter(String text) {
    return text.isEmpty() ? text : text.substring(0, text.length() - 1);
  }
}
