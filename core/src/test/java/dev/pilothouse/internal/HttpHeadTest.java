package dev.pilothouse.internal;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;

class HttpHeadTest {
  @Test
  void leavesWhatComesAfterTheHead() throws IOException {
    InputStream in = bytes("HTTP/1.1 101 UPGRADED\r\nUpgrade: tcp\r\n\r\nthe rest");

    HttpHead head = HttpHead.read(in, "Docker");

    assertThat(head.status()).isEqualTo(101);
    assertThat(head.text()).endsWith("Upgrade: tcp\r\n\r\n");
    assertThat(new String(in.readAllBytes(), ISO_8859_1)).isEqualTo("the rest");
  }

  @Test
  void needsNoReasonAfterTheStatus() throws IOException {
    assertThat(HttpHead.read(bytes("HTTP/1.0 200\r\n\r\n"), "the proxy").status()).isEqualTo(200);
  }

  @Test
  void whoeverEndsTheConnectionIsNamedWithWhatHeSaid() {
    assertThatThrownBy(() -> HttpHead.read(bytes("HTTP/1.1 5"), "the proxy"))
        .isInstanceOf(EOFException.class)
        .hasMessage("the proxy ended the connection instead of an answer: HTTP/1.1 5");
    assertThatThrownBy(() -> HttpHead.read(bytes("A".repeat(100_000)), "the proxy"))
        .isInstanceOf(EOFException.class);
  }

  @Test
  void anotherProtocolIsRefused() {
    assertThatThrownBy(() -> HttpHead.read(bytes("SSH-2.0-x\r\n\r\n"), "the API server"))
        .hasMessage("the API server does not answer in HTTP/1");
  }

  private static InputStream bytes(String text) {
    return new ByteArrayInputStream(text.getBytes(ISO_8859_1));
  }
}
