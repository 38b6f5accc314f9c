package dev.pilothouse.workload;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UndoTest {
  private final List<String> seen = new ArrayList<>();
  private final Undo undo = new Undo();

  @Test
  void takesTheLastStepFirstAndGoesOnAfterAFailure() {
    undo.add("one", () -> seen.add("one"));
    undo.add(
        "two",
        () -> {
          throw new IllegalStateException("broken");
        });
    undo.add("three", () -> seen.add("three"));

    undo.all((what, e) -> seen.add(what + " " + e.getMessage()));

    assertThat(seen).containsExactly("three", "two broken", "one");
  }

  @Test
  void takesEachStepOnce() {
    undo.add("one", () -> seen.add("one"));
    undo.all((what, e) -> {});
    undo.all((what, e) -> {});

    assertThat(seen).containsExactly("one");
  }

  @Test
  void isDoneByAnInterruptedThreadToo() {
    undo.add("one", () -> seen.add("interrupted: " + Thread.currentThread().isInterrupted()));
    Thread.currentThread().interrupt();

    undo.all((what, e) -> {});

    assertThat(Thread.interrupted()).isTrue();
    assertThat(seen).containsExactly("interrupted: false");
  }
}
