package dev.pilothouse.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.security.MessageDigest;
import org.junit.jupiter.api.Test;

class Sha256Test {
  /** The first example of FIPS 180-4's test vectors. */
  private static final String ABC =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  @Test
  void hashesATextAndWhatWasFedAlike() {
    MessageDigest digest = Sha256.digest();
    digest.update("a".getBytes(UTF_8));
    digest.update("bc".getBytes(UTF_8));
    assertThat(Sha256.hex(digest)).isEqualTo(ABC);
    assertThat(Sha256.ofText("abc")).isEqualTo(ABC);
  }
}
