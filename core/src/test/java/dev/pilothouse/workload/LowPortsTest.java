package dev.pilothouse.workload;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;

class LowPortsTest {
  private static final List<String> ROOT =
      List.of("Uid:\t0\t0\t0\t0", "CapEff:\t000001ffffffffff", "CapAmb:\t0000000000000000");
  private static final List<String> ROOT_WITHOUT_CAPABILITIES =
      List.of("Uid:\t0\t0\t0\t0", "CapEff:\t0000000000000000", "CapAmb:\t0000000000000000");
  private static final List<String> USER =
      List.of("Uid:\t1000\t1000\t1000\t1000", "CapEff:\t0000000000000000", "CapAmb:\t0");

  /** A file capability of the java binary does not pass to the programs that it starts. */
  private static final List<String> USER_WITH_JAVA_CAPABILITY =
      List.of("Uid:\t1000\t1000\t1000\t1000", "CapEff:\t0000000000000400", "CapAmb:\t0");

  private static final List<String> USER_WITH_AMBIENT_CAPABILITY =
      List.of("Uid:\t1000\t1000\t1000\t1000", "CapEff:\t400", "CapAmb:\t0000000000000400");

  @Test
  void areWhatThisProcessCanHave() {
    assertThat(LowPorts.allowed()).isEqualTo(canListenOn(811));
  }

  @Test
  void arePossibleWithThePrivilegeAlone() {
    assertThat(LowPorts.allowed("1024\n", ROOT)).isTrue();
    assertThat(LowPorts.allowed("1024\n", ROOT_WITHOUT_CAPABILITIES)).isFalse();
    assertThat(LowPorts.allowed("1024\n", USER)).isFalse();
    assertThat(LowPorts.allowed("1024\n", USER_WITH_JAVA_CAPABILITY)).isFalse();
    assertThat(LowPorts.allowed("1024\n", USER_WITH_AMBIENT_CAPABILITY)).isTrue();
  }

  @Test
  void arePossibleForAllWhereTheKernelAsksForNoPrivilege() {
    assertThat(LowPorts.allowed("0\n", USER)).isTrue();
    assertThat(LowPorts.allowed("80\n", USER)).isFalse();
  }

  private static boolean canListenOn(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(LoopbackBlock.loopback(43, 7, 10), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
