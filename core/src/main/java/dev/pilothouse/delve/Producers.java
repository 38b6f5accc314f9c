package dev.pilothouse.delve;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Which functions of istiod produced a part of a pushed resource. The assertions throw {@link
 * AssertionError} and need no test library.
 *
 * @param part the text that was looked for
 * @param producers the functions that returned it, in the order in which they returned: the
 *     innermost first, with its callers on its stack
 * @param candidates how often each candidate returned, with the part or without; candidates that
 *     did not return are missing
 */
public record Producers(String part, List<Producer> producers, Map<String, Integer> candidates) {
  /** Copies the collections. */
  public Producers {
    producers = List.copyOf(producers);
    candidates = new LinkedHashMap<>(candidates);
  }

  /**
   * How often each candidate returned.
   *
   * @return the candidates by their whole names, first come first
   */
  @Override
  public Map<String, Integer> candidates() {
    return new LinkedHashMap<>(candidates);
  }

  /**
   * The function that had it first.
   *
   * @return the first
   * @throws AssertionError if there is none, with the functions that returned something else
   */
  public Producer first() {
    if (producers.isEmpty()) {
      throw new AssertionError("no candidate returned anything with \"" + part + "\"" + others());
    }
    return producers.get(0);
  }

  /**
   * What a function returned of it.
   *
   * @param function its name, or an end of it, as {@code route.TranslateRoute}
   * @return its first return with the part, or empty
   */
  public Optional<Producer> by(String function) {
    return producers.stream()
        .filter(producer -> Names.means(function, producer.function()))
        .findFirst();
  }

  /**
   * Insists that a function produced it.
   *
   * @param function its name, or an end of it, as {@code route.TranslateRoute}
   * @return its first return with the part
   * @throws AssertionError if it did not, with those that did
   */
  public Producer requireBy(String function) {
    first();
    return by(function)
        .orElseThrow(
            () ->
                new AssertionError(
                    function + " returned nothing with \"" + part + "\", but" + lines()));
  }

  /** The producers, one a line. */
  @Override
  public String toString() {
    return "\"" + part + "\" was returned by" + (producers.isEmpty() ? " nobody" : lines());
  }

  private String lines() {
    return producers.stream()
        .map(producer -> System.lineSeparator() + "  " + producer)
        .collect(Collectors.joining());
  }

  private String others() {
    return candidates.isEmpty()
        ? ": none was reached"
        : "; reached were"
            + candidates.entrySet().stream()
                .map(e -> System.lineSeparator() + "  " + e.getKey() + ", × " + e.getValue())
                .collect(Collectors.joining());
  }
}
