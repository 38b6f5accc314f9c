package dev.pilothouse.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pilothouse.failure.PilothouseException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class PortInUseTest {
  @Test
  void aTakenPortIsToldWithItsOwner() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();

      assertThatThrownBy(() -> PortInUse.refuse("opening a test", port))
          .isInstanceOf(PilothouseException.class)
          .hasMessageContaining("opening a test: port " + port + " is taken by pid ")
          .hasMessageContaining(Long.toString(ProcessHandle.current().pid()));
    }
  }

  @Test
  void aFreePortHasNoOwner() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }

    assertThat(PortInUse.owner(port)).isEmpty();
    assertThatCode(() -> PortInUse.refuse("opening a test", 0)).doesNotThrowAnyException();
  }
}
