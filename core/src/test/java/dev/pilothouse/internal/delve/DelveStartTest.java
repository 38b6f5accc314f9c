package dev.pilothouse.internal.delve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pilothouse.internal.Poll.NotYet;
import java.util.List;
import org.junit.jupiter.api.Test;

class DelveStartTest {
  private static final List<String> LOG =
      List.of(
          "2026-11-22T11:01:21Z warning layer=rpc Listening for remote connections",
          "2026-11-22T11:01:21Z debug layer=rpc API server pid = 1",
          "2026-11-22T11:01:21Z info layer=debugger launching process with args:"
              + " [/usr/local/bin/pilot-discovery discovery]",
          "API server listening at: [::]:40000");

  @Test
  void findsBothLines() throws Exception {
    assertThat(DelveStart.of(LOG))
        .containsExactly(
            "launching process with args: [/usr/local/bin/pilot-discovery discovery]",
            "API server listening at: [::]:40000");
  }

  @Test
  void saysWhichOneIsMissingAndWhatThereIs() {
    assertThatThrownBy(() -> DelveStart.of(LOG.subList(0, 3)))
        .isInstanceOf(NotYet.class)
        .hasMessageContaining("\"API server listening at:\" is not in it")
        .hasMessageContaining("API server pid = 1");
    assertThatThrownBy(() -> DelveStart.of(List.of())).isInstanceOf(NotYet.class);
  }
}
