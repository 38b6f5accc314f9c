package dev.pilothouse.kind;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pilothouse.cluster.Lifetime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MarkTest {
  @Test
  void isReadAsItWasWritten() {
    Mark mark = new Mark("0f3a", "1x9k.kind-dev-3fk2a9", Lifetime.KEEP, "77aa");
    assertThat(mark.path()).isEqualTo("/pilothouse/0f3a/1x9k.kind-dev-3fk2a9/keep/77aa");
    assertThat(Mark.parse(mark.path())).contains(mark);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/var",
        "/lib/modules",
        "/pilothouse",
        "/pilothouse/a/b/keep",
        "/pilothouse/a/b/for-ever/c",
        "/pilothouse/a/b/keep/c/d",
        "/other/a/b/keep/c"
      })
  void othersPathsAreNone(String path) {
    assertThat(Mark.parse(path)).isEmpty();
  }
}
