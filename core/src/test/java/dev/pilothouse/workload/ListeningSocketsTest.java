package dev.pilothouse.workload;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

class ListeningSocketsTest {
  private static final InetAddress ADDRESS = LoopbackBlock.loopback(43, 7, 9);

  static boolean littleEndian() {
    return ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
  }

  @Test
  @EnabledIf("littleEndian")
  void readsTheKernelsTable() {
    ListeningSockets sockets =
        ListeningSockets.parse(
            List.of(
                "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt",
                "   0: 0207292A:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000",
                "   1: 0107297F:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000",
                "   2: 0107297F:2328 0107297F:8A32 01 00000000:00000000 00:00000000 00000000"));

    assertThat(sockets.addresses()).containsExactlyInAnyOrder("42.41.7.2:8000", "127.41.7.1:8000");
    assertThat(sockets.any("127.41.7.")).isTrue();
    assertThat(sockets.any("127.41.8.", "127.42.7.")).isFalse();
  }

  @Test
  void seesASocketAsLongAsItListens() throws IOException {
    InetSocketAddress address;
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.INET)) {
      server.bind(new InetSocketAddress(ADDRESS, 0));
      address = (InetSocketAddress) server.getLocalAddress();
      assertThat(ListeningSockets.now().has(address)).isTrue();
    }
    assertThat(ListeningSockets.now().has(address)).isFalse();
  }
}
