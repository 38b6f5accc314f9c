package dev.pilothouse.envoy.diff;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Finds which elements of two lists are the same ones: first by their identity, then by what they
 * mean, then by how alike they are.
 */
final class Pairing {
  private static final int NONE = -1;
  // More comparisons than this would take longer than the better pairing is worth.
  private static final int MOST_COMPARISONS = 40_000;
  // What has no identity is the same thing, changed, when more than half of it is the same.
  private static final double ALIKE = 0.5;

  private final List<Element> before;
  private final List<Element> after;
  private final int[] toAfter;
  private final int[] toBefore;

  private record Candidate(int before, int after, double likeness) {}

  private Pairing(List<Element> before, List<Element> after, int sizeBefore, int sizeAfter) {
    this.before = before;
    this.after = after;
    this.toAfter = new int[sizeBefore];
    this.toBefore = new int[sizeAfter];
    Arrays.fill(toAfter, NONE);
    Arrays.fill(toBefore, NONE);
  }

  static Pairing of(List<Element> before, List<Element> after) {
    Pairing pairing = new Pairing(before, after, before.size(), after.size());
    pairing.pairEnds();
    pairing.pairByIdentity();
    pairing.pairUnique(Element::rest);
    pairing.pairUnique(Element::secondIdentity);
    pairing.pairThatLostItsName();
    return pairing;
  }

  /** Of nothing on one side. */
  static Pairing none(int sizeBefore, int sizeAfter) {
    return new Pairing(List.of(), List.of(), sizeBefore, sizeAfter);
  }

  /** The element after that this one became, or a negative number if it is gone. */
  int after(int indexBefore) {
    return toAfter[indexBefore];
  }

  /** Whether this element after was nowhere before. */
  boolean isNew(int indexAfter) {
    return toBefore[indexAfter] == NONE;
  }

  /** Which of the elements before stand elsewhere among those that stayed; as few as possible. */
  boolean[] moved() {
    List<Integer> kept = new ArrayList<>();
    for (int i = 0; i < toAfter.length; i++) {
      if (toAfter[i] != NONE) {
        kept.add(i);
      }
    }
    boolean[] moved = new boolean[toAfter.length];
    kept.forEach(i -> moved[i] = true);
    for (int i : longestRise(kept)) {
      moved[i] = false;
    }
    return moved;
  }

  /** The longest series of elements that follow each other after as they did before. */
  private List<Integer> longestRise(List<Integer> kept) {
    int[] previous = new int[toAfter.length];
    List<Integer> tails = new ArrayList<>();
    for (int i : kept) {
      int low = 0;
      int high = tails.size();
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (toAfter[tails.get(middle)] < toAfter[i]) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      previous[i] = low == 0 ? NONE : tails.get(low - 1);
      if (low == tails.size()) {
        tails.add(i);
      } else {
        tails.set(low, i);
      }
    }
    List<Integer> rise = new ArrayList<>();
    for (int i = tails.isEmpty() ? NONE : tails.get(tails.size() - 1); i != NONE; i = previous[i]) {
      rise.add(i);
    }
    return rise;
  }

  /** Mostly a list changes in one place: what is the same at its ends needs no search. */
  private void pairEnds() {
    int shorter = Math.min(before.size(), after.size());
    int start = 0;
    while (start < shorter && isSame(start, start)) {
      pair(start, start);
      start++;
    }
    int end = 1;
    while (end <= shorter - start && isSame(before.size() - end, after.size() - end)) {
      pair(before.size() - end, after.size() - end);
      end++;
    }
  }

  private boolean isSame(int i, int j) {
    return before.get(i).json().equals(after.get(j).json());
  }

  private void pairByIdentity() {
    Map<String, List<Integer>> old = groups(before, toAfter, Element::identity);
    Map<String, List<Integer>> fresh = groups(after, toBefore, Element::identity);
    old.forEach(
        (identity, mine) -> {
          List<Integer> others = fresh.get(identity);
          if (others != null) {
            pairGroup(mine, others, identity.isEmpty() ? ALIKE : 0);
          }
        });
  }

  private void pairGroup(List<Integer> mine, List<Integer> others, double least) {
    if (mine.size() == 1 && others.size() == 1) {
      pair(mine.get(0), others.get(0));
      return;
    }
    pairEqual(mine, others);
    List<Integer> restOfMine = mine.stream().filter(i -> toAfter[i] == NONE).toList();
    List<Integer> restOfOthers = others.stream().filter(j -> toBefore[j] == NONE).toList();
    if (restOfMine.size() == 1 && restOfOthers.size() == 1) {
      pair(restOfMine.get(0), restOfOthers.get(0));
    } else {
      pairAlike(restOfMine, restOfOthers, least);
    }
  }

  private void pairEqual(List<Integer> mine, List<Integer> others) {
    Map<String, Deque<Integer>> byMeaning = new HashMap<>();
    for (int j : others) {
      byMeaning.computeIfAbsent(after.get(j).whole(), key -> new ArrayDeque<>()).add(j);
    }
    for (int i : mine) {
      Deque<Integer> same = byMeaning.get(before.get(i).whole());
      Integer j = same == null ? null : same.poll();
      if (j != null) {
        pair(i, j);
      }
    }
  }

  private void pairAlike(List<Integer> mine, List<Integer> others, double least) {
    if ((long) mine.size() * others.size() > MOST_COMPARISONS) {
      for (int k = 0; k < Math.min(mine.size(), others.size()); k++) {
        pair(mine.get(k), others.get(k));
      }
      return;
    }
    List<Candidate> candidates = new ArrayList<>();
    for (int i : mine) {
      for (int j : others) {
        double likeness = before.get(i).likeness(after.get(j));
        if (likeness > least || (least == 0 && likeness == 0)) {
          candidates.add(new Candidate(i, j, likeness));
        }
      }
    }
    candidates.sort(Comparator.comparingDouble(Candidate::likeness).reversed());
    for (Candidate candidate : candidates) {
      if (toAfter[candidate.before] == NONE && toBefore[candidate.after] == NONE) {
        pair(candidate.before, candidate.after);
      }
    }
  }

  /**
   * What went and what came are the same, renamed, if this is the same and only one of each can be.
   */
  private void pairUnique(Function<Element, String> key) {
    Map<String, List<Integer>> old = groups(before, toAfter, key);
    Map<String, List<Integer>> fresh = old.isEmpty() ? Map.of() : groups(after, toBefore, key);
    old.forEach(
        (value, mine) -> {
          List<Integer> others = fresh.get(value);
          if (!value.isEmpty() && mine.size() == 1 && others != null && others.size() == 1) {
            pair(mine.get(0), others.get(0));
          }
        });
  }

  private void pairThatLostItsName() {
    List<Integer> mine = unpaired(toAfter);
    List<Integer> others = unpaired(toBefore);
    if (mine.size() != 1 || others.size() != 1) {
      return;
    }
    int i = mine.get(0);
    int j = others.get(0);
    Element old = before.get(i);
    Element fresh = after.get(j);
    boolean lost = old.identity().isEmpty() || fresh.identity().isEmpty();
    boolean knownOtherwise = !old.identityPaths().equals(fresh.identityPaths());
    if (lost || (knownOtherwise && old.likeness(fresh) > ALIKE)) {
      pair(i, j);
    }
  }

  private void pair(int i, int j) {
    toAfter[i] = j;
    toBefore[j] = i;
  }

  private static List<Integer> unpaired(int[] paired) {
    List<Integer> unpaired = new ArrayList<>();
    for (int i = 0; i < paired.length; i++) {
      if (paired[i] == NONE) {
        unpaired.add(i);
      }
    }
    return unpaired;
  }

  private static Map<String, List<Integer>> groups(
      List<Element> all, int[] paired, Function<Element, String> key) {
    Map<String, List<Integer>> groups = new LinkedHashMap<>();
    for (int i = 0; i < paired.length; i++) {
      if (paired[i] == NONE) {
        groups.computeIfAbsent(key.apply(all.get(i)), k -> new ArrayList<>()).add(i);
      }
    }
    return groups;
  }
}
