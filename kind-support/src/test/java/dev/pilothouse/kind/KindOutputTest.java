package dev.pilothouse.kind;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What Docker 20.10 and 28 say of what somebody has, as kind prints it. */
class KindOutputTest {
  private static final String NAME_IS_TAKEN =
      "docker: Error response from daemon: Conflict. The container name \"/dev-control-plane\" is"
          + " already in use by container \"a5e847452d68\". You have to remove (or rename) that"
          + " container to be able to reuse that name.";

  @Test
  void anotherContainerHasTheName() {
    assertThat(KindCommand.nameIsTaken(NAME_IS_TAKEN)).isTrue();
    assertThat(KindCommand.takenPort(NAME_IS_TAKEN)).isEmpty();
  }

  @Test
  void anotherProgramHasThePort() {
    assertThat(
            KindCommand.takenPort(
                "docker: Error response from daemon: driver failed programming external"
                    + " connectivity on endpoint x: Error starting userland proxy: listen tcp4"
                    + " 127.0.0.1:39545: bind: address already in use."))
        .hasValue(39545);
  }

  @Test
  void anotherContainerHasThePort() {
    assertThat(
            KindCommand.takenPort(
                "failed to set up container networking: Bind for 127.0.0.1:30000 failed: port is"
                    + " already allocated"))
        .hasValue(30000);
  }

  @Test
  void somethingElseIsWrong() {
    assertThat(KindCommand.takenPort("kind exited with code 1. ERROR: unknown command")).isEmpty();
    assertThat(
            KindCommand.nameIsTaken("Bind for 127.0.0.1:30000 failed: port is already allocated"))
        .isFalse();
  }
}
