package dev.pilothouse.toolbox;

import static dev.pilothouse.toolbox.PortReservations.Range;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortReservationsTest {
  @TempDir Path root;

  @Test
  void liesOutsideTheEphemeralRange() throws Exception {
    assertThat(Range.outside("32768\t60999\n")).isEqualTo(new Range(20_000, 29_999));
    assertThat(Range.outside("25000 60999")).isEqualTo(new Range(20_000, 24_999));
    assertThat(Range.outside("15000 60999")).isEqualTo(new Range(61_000, 65_535));
    assertThat(Range.outside("1024 65535"))
        .as("nothing is left")
        .isEqualTo(new Range(20_000, 29_999));

    String[] ephemeral =
        new ProcessBuilder("cat", "/proc/sys/net/ipv4/ip_local_port_range")
            .start()
            .inputReader()
            .readLine()
            .split("\\s+", 2);
    assertThat(Range.ofThisMachine()).isEqualTo(Range.outside(ephemeral[0] + " " + ephemeral[1]));
  }

  @Test
  void twoJvmsNeverGetTheSame() throws Exception {
    try (OtherJvm first = OtherJvm.start(root, "ports", "150");
        OtherJvm second = OtherJvm.start(root, "ports", "150")) {
      assertThat(List.of(first.answer(), second.answer())).containsOnly("ready");
      first.go();
      second.go();
      List<String> ports = new ArrayList<>();
      ports.addAll(List.of(first.answer().split(" ", -1)));
      ports.addAll(List.of(second.answer().split(" ", -1)));
      assertThat(ports).hasSize(300).doesNotHaveDuplicates();
      second.sigkill();
      RunDirectory.open(root, "next").close();
      assertThat(taken()).as("those of the dead are free again").hasSize(150);
    }
  }

  @Test
  void oneRangeIsSharedToTheLastPort() throws Exception {
    Range range = quietRange(20);
    PortReservations ports = ports(range);
    List<Integer> given = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      given.add(ports.reserve("run-" + i));
    }
    assertThat(given)
        .doesNotHaveDuplicates()
        .allMatch(p -> range.first() <= p && p <= range.last());
    assertThatThrownBy(() -> ports.reserve("one-more"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("are taken");
    new RunLinks(root).releaseAll("run-7");
    assertThat(ports.reserve("one-more")).isEqualTo(given.get(7));
  }

  @Test
  void aPortThatSomebodyListensOnIsNotGiven() throws Exception {
    for (InetAddress address :
        List.of(InetAddress.getLoopbackAddress(), InetAddress.getByName("0.0.0.0"))) {
      try (ServerSocket socket = new ServerSocket(0, 1, address)) {
        PortReservations ports = ports(new Range(socket.getLocalPort(), socket.getLocalPort()));
        assertThatThrownBy(() -> ports.reserve("run")).hasMessageContaining("are taken");
        assertThat(taken(root)).as("no reservation stays").isEmpty();
      }
    }
  }

  @Test
  void areReleasedWithTheRun() throws Exception {
    try (RunDirectory other = RunDirectory.open(root, "other")) {
      int stays = other.reservePort();
      try (RunDirectory run = RunDirectory.open(root, "run")) {
        run.reservePort();
        int port = run.reservePort();
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
          assertThat(socket.isBound()).isTrue();
        }
        assertThat(taken()).hasSize(3);
      }
      assertThat(taken()).containsExactly(Integer.toString(stays));
    }
  }

  /** Some ports in a row on which nobody listens. */
  private Range quietRange(int size) throws IOException {
    for (int first = 61_000; ; first += size) {
      Range range = new Range(first, first + size - 1);
      Path books = Files.createDirectories(root.resolve("probe-" + first));
      PortReservations ports = new PortReservations(new RunLinks(books), range);
      try {
        for (int i = 0; i < size; i++) {
          ports.reserve("probe");
        }
        return range;
      } catch (IOException e) {
        assertThat(first).as("no quiet ports: %s", e).isLessThan(65_000);
      }
    }
  }

  private PortReservations ports(Range range) {
    return new PortReservations(new RunLinks(root), range);
  }

  private List<String> taken() throws IOException {
    return taken(root.resolve(".pilothouse/ports"));
  }

  private static List<String> taken(Path books) throws IOException {
    return List.copyOf(new RunLinks(books).all().keySet());
  }
}
