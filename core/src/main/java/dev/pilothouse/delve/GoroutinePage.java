package dev.pilothouse.delve;

import java.util.List;

/**
 * Some goroutines.
 *
 * @param goroutines those of this page that the filters let through
 * @param next where the next page starts; -1 when this was the last
 */
public record GoroutinePage(List<Goroutine> goroutines, int next) {
  /** Copies the list. */
  public GoroutinePage {
    goroutines = List.copyOf(goroutines);
  }
}
