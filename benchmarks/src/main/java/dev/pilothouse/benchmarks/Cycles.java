package dev.pilothouse.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Cycles of one kind: the times of their steps. */
final class Cycles {
  private final List<Map<String, Duration>> cycles = new ArrayList<>();

  /** Rounds below zero warm up. */
  void add(int round, Map<String, Duration> steps) {
    if (round >= 0) {
      cycles.add(steps);
    }
  }

  /** All steps, but for some. */
  Samples whole(String... without) {
    return sums(name -> !List.of(without).contains(name));
  }

  /** All steps but the compilation, and some. */
  Samples rest(String... without) {
    return sums(name -> !name.equals("compile") && !List.of(without).contains(name));
  }

  Samples only(String step) {
    return sums(step::equals);
  }

  /** The script's way: instead of waiting until Envoy has it, sleep, and show what there is. */
  Samples asItStands() {
    Samples samples = new Samples();
    for (Map<String, Duration> steps : cycles) {
      samples.add(
          sum(steps, name -> !Set.of("compile", "seen").contains(name)).plus(DevLoopScript.SLEEP));
    }
    return samples;
  }

  /** A row for each step, but for some. */
  void tell(Report report, String... without) {
    Set<String> names = new LinkedHashSet<>();
    cycles.forEach(steps -> names.addAll(steps.keySet()));
    List.of(without).forEach(names::remove);
    names.forEach(name -> report.add("  - " + name, only(name), ""));
  }

  private Samples sums(Predicate<String> wanted) {
    Samples samples = new Samples();
    cycles.forEach(steps -> samples.add(sum(steps, wanted)));
    return samples;
  }

  private static Duration sum(Map<String, Duration> steps, Predicate<String> wanted) {
    return steps.entrySet().stream()
        .filter(step -> wanted.test(step.getKey()))
        .map(Map.Entry::getValue)
        .reduce(Duration.ZERO, Duration::plus);
  }
}
