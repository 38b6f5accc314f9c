package dev.pilothouse.integration;

import static dev.pilothouse.integration.EchoPod.connect;
import static dev.pilothouse.integration.EchoPod.echo;
import static dev.pilothouse.integration.EchoPod.endOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.cluster.PodTarget;
import dev.pilothouse.cluster.PortForward;
import dev.pilothouse.failure.PilothouseException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Port-forwards to a pod of a real cluster that sends back what it gets. */
@SuppressWarnings("AddressSelection") // 127.0.0.1 has one address
class PortForwardIT {
  private static final String NAMESPACE = "port-forward-it";
  private static final int MANY_BYTES = 100 << 20;
  private static final PodTarget ECHO = PodTarget.deployment(NAMESPACE, "echo");

  private static EchoPod echo;
  private static Cluster cluster;

  @BeforeAll
  static void start() {
    echo = EchoPod.start(NAMESPACE);
    cluster = echo.cluster();
  }

  @AfterAll
  static void stop() {
    if (echo != null) {
      echo.close();
    }
  }

  @Test
  void bindsLoopbackAloneAndReachesThePodsLoopback() throws IOException {
    try (PortForward forward = PortForward.open(cluster, ECHO, 7000);
        Socket socket = connect(forward)) {
      assertThat(forward.address().getAddress()).isEqualTo(InetAddress.getByName("127.0.0.1"));
      assertThat(echo(socket, "hello")).isEqualTo("hello");
    }
  }

  @Test
  void takesAServicesPortAndLabels() throws IOException {
    PodTarget labels = PodTarget.labels(NAMESPACE, Map.of("app", "echo"));
    try (PortForward service = PortForward.open(cluster, PodTarget.service(NAMESPACE, "echo"), 80);
        PortForward labelled = PortForward.open(cluster, labels, 7000);
        Socket first = connect(service);
        Socket second = connect(labelled)) {
      assertThat(echo(first, "service")).isEqualTo("service");
      assertThat(echo(second, "labels")).isEqualTo("labels");
      assertThat(labelled.pod()).isEqualTo(service.pod()).startsWith("echo-");
    }
  }

  @Test
  void carriesManyBytesIntactToAClientThatHalfCloses() throws Exception {
    byte[] sent = new byte[MANY_BYTES];
    new Random(7).nextBytes(sent);
    try (PortForward forward = PortForward.open(cluster, ECHO, 7000);
        Socket socket = connect(forward)) {
      CompletableFuture<Void> writing =
          CompletableFuture.runAsync(
              () -> {
                try {
                  socket.getOutputStream().write(sent);
                  socket.shutdownOutput();
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              });

      byte[] got = socket.getInputStream().readNBytes(MANY_BYTES);

      writing.get();
      assertThat(Arrays.mismatch(got, sent)).isEqualTo(-1);
      assertThat(forward.lastFailure()).isEmpty();
    }
  }

  @Test
  void carriesConnectionsSideBySideAndLeavesNoThread() throws IOException, InterruptedException {
    try (PortForward forward = PortForward.open(cluster, ECHO, 7000)) {
      IntStream.range(0, 20)
          .parallel()
          .forEach(
              number -> {
                try (Socket socket = connect(forward)) {
                  String text = "connection " + number;
                  assertThat(echo(socket, text)).isEqualTo(text);
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              });
      assertThat(forward.lastFailure()).isEmpty();
    }
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().equals("pilothouse-port-forward-7000")) {
        thread.join(TimeUnit.SECONDS.toMillis(30));
        assertThat(thread.isAlive()).isFalse();
      }
    }
  }

  @Test
  void oneConnectionAfterTheOtherTakesTheSameWay() throws IOException {
    Set<String> ways = new HashSet<>();
    try (PortForward forward = PortForward.open(cluster, ECHO, 7000)) {
      for (int i = 0; i < 40; i++) {
        try (Socket socket = connect(forward)) {
          assertThat(echo(socket, "once more")).isEqualTo("once more");
          ways.addAll(connectionsToTheApiServer());
        }
      }
      assertThat(forward.lastFailure()).isEmpty();
    }
    assertThat(ways).as("beside those of the HTTP client").hasSizeBetween(1, 20);
  }

  /** By this machine's ports. */
  private static List<String> connectionsToTheApiServer() throws IOException {
    String port = String.format(Locale.ROOT, ":%04X", cluster.client().getMasterUrl().getPort());
    List<String> ports = new ArrayList<>();
    for (String table : List.of("/proc/self/net/tcp", "/proc/self/net/tcp6")) {
      for (String line : Files.readAllLines(Path.of(table))) {
        String[] fields = line.strip().split("\\s+", -1);
        if (fields[2].endsWith(port) && fields[3].equals("01")) {
          ports.add(fields[1]);
        }
      }
    }
    return ports;
  }

  @Test
  void aPortThatNobodyListensOnLeavesTheNextConnectionsAlone() throws IOException {
    try (PortForward forward = PortForward.open(cluster, ECHO, 4711)) {
      for (int i = 0; i < 3; i++) {
        try (Socket socket = connect(forward)) {
          assertThat(endOf(socket)).isTrue();
        }
        assertThat(forward.lastFailure().orElseThrow()).hasMessageContaining("connection refused");
      }
    }
  }

  @Test
  void whatAClientLeavesUnreadHoldsNobodyUp() throws IOException {
    byte[] much = new byte[1 << 20];
    try (PortForward forward = PortForward.open(cluster, ECHO, 7000);
        Socket silent = connect(forward)) {
      silent.getOutputStream().write(much); // Its echo fills what lies between.
      for (int i = 0; i < 5; i++) {
        try (Socket socket = connect(forward)) {
          assertThat(echo(socket, "not waiting")).isEqualTo("not waiting");
        }
      }
      assertThat(silent.getInputStream().readNBytes(much.length)).isEqualTo(much);
    }
  }

  @Test
  void followsAPodThatIsReplaced() throws IOException {
    try (PortForward forward = PortForward.open(cluster, ECHO, 7000);
        Socket before = connect(forward)) {
      assertThat(echo(before, "before")).isEqualTo("before");
      String old = forward.pod();

      cluster.client().pods().inNamespace(NAMESPACE).withName(old).delete();

      assertThat(endOf(before)).isTrue();
      echo.awaitReadyAfter(old); // On a busy node it takes longer than a connection waits.
      try (Socket after = connect(forward)) {
        assertThat(echo(after, "after")).isEqualTo("after");
      }
      assertThat(forward.pod()).isNotEqualTo(old);
    }
  }

  @Test
  void saysWhyAConnectionFailed() throws IOException {
    try (PortForward forward = PortForward.open(cluster, ECHO, 4711);
        Socket socket = connect(forward)) {
      assertThat(endOf(socket)).isTrue();
      assertThat(forward.lastFailure().orElseThrow())
          .hasMessageContaining("port 4711 of pod " + NAMESPACE + "/echo-")
          .hasMessageContaining("connection refused");
    }
    try (PortForward forward = PortForward.open(cluster, PodTarget.service(NAMESPACE, "echo"), 81);
        Socket socket = connect(forward)) {
      assertThat(endOf(socket)).isTrue();
      assertThat(forward.lastFailure().orElseThrow())
          .hasMessageContaining("it has no port 81; its ports are 80");
    }
    PodTarget nobody = PodTarget.deployment(NAMESPACE, "nobody");
    try (PortForward forward = PortForward.open(cluster, nobody, 80)) {
      assertThatThrownBy(forward::pod)
          .isInstanceOf(PilothouseException.class)
          .hasMessageContaining("there is no deployment " + NAMESPACE + "/nobody");
    }
  }

  @Test
  void aTakenPortIsRefusedWithItsOwner() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      assertThatThrownBy(() -> PortForward.open(cluster, ECHO, 7000, taken.getLocalPort()))
          .isInstanceOf(PilothouseException.class)
          .hasMessageContaining("port " + taken.getLocalPort() + " is taken by pid ");
    }
  }

  @Test
  void closesOnceWithItsConnections() throws IOException {
    PortForward forward = PortForward.open(cluster, ECHO, 7000);
    try (Socket socket = connect(forward)) {
      assertThat(echo(socket, "open")).isEqualTo("open");

      forward.close();
      forward.close();

      assertThat(endOf(socket)).isTrue();
      assertThatThrownBy(() -> connect(forward).close()).isInstanceOf(IOException.class);
    }
  }
}
