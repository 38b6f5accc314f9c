package dev.pilothouse.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.workload.LoopbackBlock.Addresses;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import org.junit.jupiter.api.Test;

class LoopbackBlockTest {
  @Test
  void aReservedBlockIsPassedOverUntilItIsClosed() {
    int number;
    try (LoopbackBlock first = LoopbackBlock.reserve()) {
      number = first.number();
      try (LoopbackBlock second = LoopbackBlock.reserve(number)) {
        assertThat(second.number()).isNotEqualTo(number);
      }
    }
    try (LoopbackBlock again = LoopbackBlock.reserve(number)) {
      assertThat(again.number()).isEqualTo(number);
    }
  }

  @Test
  void aBlockIsPassedOverWhereSomebodyListens() throws IOException {
    int number;
    Addresses addresses;
    try (LoopbackBlock block = LoopbackBlock.reserve()) {
      number = block.number();
      addresses = block.allot();
    }
    try (ServerSocketChannel orphan = ServerSocketChannel.open(StandardProtocolFamily.INET)) {
      orphan.bind(new InetSocketAddress(addresses.inbound(), 0));
      try (LoopbackBlock other = LoopbackBlock.reserve(number)) {
        assertThat(other.number()).isNotEqualTo(number);
      }
    }
  }

  @Test
  void eachWorkloadHasAddressesOfItsOwn() {
    try (LoopbackBlock block = LoopbackBlock.reserve()) {
      Addresses first = block.allot();
      Addresses second = block.allot();

      assertThat(first.outbound().getHostAddress()).isEqualTo("127.41." + block.number() + ".1");
      assertThat(first.inbound().getHostAddress()).isEqualTo("127.42." + block.number() + ".1");
      assertThat(second.outbound().getHostAddress()).isEqualTo("127.41." + block.number() + ".2");
    }
  }

  @Test
  void releasedAddressesAreGivenOutAgain() {
    try (LoopbackBlock block = LoopbackBlock.reserve()) {
      Addresses first = block.allot();
      block.allot();
      block.release(first);

      assertThat(block.allot()).isEqualTo(first);
    }
  }

  @Test
  void aMeshHasNotMoreThan254Workloads() {
    try (LoopbackBlock block = LoopbackBlock.reserve()) {
      for (int i = 0; i < 254; i++) {
        block.allot();
      }
      assertThatThrownBy(block::allot)
          .isInstanceOf(PilothouseException.class)
          .hasMessageContaining("254 workloads already");
    }
  }
}
