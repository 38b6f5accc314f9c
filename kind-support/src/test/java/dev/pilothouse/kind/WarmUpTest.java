package dev.pilothouse.kind;

import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;

class WarmUpTest {
  /** In the background nobody would see that it fails. */
  @Test
  void loadsAClient() {
    assertThatCode(WarmUp::load).doesNotThrowAnyException();
  }
}
