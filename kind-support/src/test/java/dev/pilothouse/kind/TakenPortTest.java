package dev.pilothouse.kind;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What Docker 20.10 and 28 say of a port that somebody has. */
class TakenPortTest {
  @Test
  void anotherProgramHasIt() {
    assertThat(
            KindCommand.takenPort(
                "docker: Error response from daemon: driver failed programming external"
                    + " connectivity on endpoint x: Error starting userland proxy: listen tcp4"
                    + " 127.0.0.1:39545: bind: address already in use."))
        .hasValue(39545);
  }

  @Test
  void anotherContainerHasIt() {
    assertThat(
            KindCommand.takenPort(
                "failed to set up container networking: Bind for 127.0.0.1:30000 failed: port is"
                    + " already allocated"))
        .hasValue(30000);
  }

  @Test
  void somethingElseIsWrong() {
    assertThat(KindCommand.takenPort("kind exited with code 1. ERROR: unknown command")).isEmpty();
  }
}
