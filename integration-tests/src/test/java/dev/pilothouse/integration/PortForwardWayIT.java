package dev.pilothouse.integration;

import static dev.pilothouse.integration.EchoPod.PORT;
import static dev.pilothouse.integration.EchoPod.connect;
import static dev.pilothouse.integration.EchoPod.echo;
import static dev.pilothouse.integration.EchoPod.who;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.cluster.ClusterManager;
import dev.pilothouse.cluster.KubeconfigSpec;
import dev.pilothouse.cluster.PodTarget;
import dev.pilothouse.cluster.PortForward;
import dev.pilothouse.internal.Poll;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which pod a port-forward's connections go to, and by which way. */
class PortForwardWayIT {
  private static final String NAMESPACE = "port-forward-way-it";
  private static final int ENOUGH = 200;
  private static final int IN_A_ROW = 100;

  @TempDir Path folder;

  private static EchoPod echo;

  @BeforeAll
  static void start() {
    echo = EchoPod.start(NAMESPACE);
  }

  @AfterAll
  static void stop() {
    if (echo != null) {
      echo.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"deployment", "service", "pod", "labels"})
  void podsAreLookedAtOnlyWhenSomethingHappens(String kind) throws IOException {
    try (PortForward forward =
        PortForward.open(echo.cluster(), target(kind), kind.equals("service") ? 80 : PORT)) {
      keep(forward);
      long fewest = Long.MAX_VALUE;
      for (int attempt = 0; attempt < 5 && fewest >= IN_A_ROW / 2; attempt++) {
        long before = lookups();
        for (int i = 0; i < IN_A_ROW; i++) {
          assertThat(who(forward)).startsWith("echo-");
        }
        fewest = Math.min(fewest, lookups() - before); // Others look, too.
      }
      assertThat(fewest).isLessThan(IN_A_ROW / 2);
      assertThat(forward.lastFailure()).isEmpty();
    }
  }

  private static PodTarget target(String kind) {
    return switch (kind) {
      case "service" -> PodTarget.service(NAMESPACE, "echo");
      case "labels" -> PodTarget.labels(NAMESPACE, Map.of("app", "echo"));
      case "pod" -> {
        try (PortForward forward = PortForward.open(echo.cluster(), echo.deployment(), PORT)) {
          yield PodTarget.pod(NAMESPACE, forward.pod());
        }
      }
      default -> echo.deployment();
    };
  }

  /** Connects until no pod is looked for. */
  private static void keep(PortForward forward) throws IOException {
    for (int i = 0; i < ENOUGH; i++) {
      long before = lookups();
      who(forward);
      if (lookups() == before) {
        return;
      }
    }
    throw new AssertionError("each of " + ENOUGH + " connections looks for a pod");
  }

  /** How often the API server was asked for pods of a namespace. */
  private static long lookups() {
    return echo.cluster()
        .client()
        .raw("/metrics")
        .lines()
        .filter(line -> line.startsWith("apiserver_request_total{"))
        .filter(line -> line.contains("resource=\"pods\"") && line.contains("subresource=\"\""))
        .filter(line -> line.contains("verb=\"LIST\"") || line.contains("verb=\"GET\""))
        .filter(line -> !line.contains("scope=\"cluster\""))
        .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  @Test
  void aPodThatTakesItsTimeToGoGetsNoMoreConnections() throws IOException {
    try (PortForward forward = PortForward.open(echo.cluster(), echo.deployment(), PORT)) {
      keep(forward);
      try (Socket open = connect(forward)) {
        assertThat(echo(open, "before")).isEqualTo("before");
        String old = who(forward);

        // Its program does not end on SIGTERM.
        var pods = echo.cluster().client().pods().inNamespace(NAMESPACE);
        pods.withName(old).withGracePeriod(600).delete();
        try {
          echo.awaitReadyAfter(old);

          // A watch tells it, which may be later than what was seen here.
          String next =
              Poll.require(
                  "connections go to another pod",
                  Duration.ofMinutes(1),
                  () -> Optional.of(who(forward)).filter(name -> !name.equals(old)));
          assertThat(next).startsWith("echo-");
          assertThat(who(forward)).isEqualTo(next);
          assertThat(echo(open, "still here")).isEqualTo("still here");
        } finally {
          pods.withName(old).withGracePeriod(0).delete(); // The namespace does not wait for it.
        }
      }
    }
  }

  @Test
  void aProxyOfTheKubeconfigIsGoneThrough() throws IOException {
    URI server = URI.create(echo.cluster().client().getMasterUrl().toString());
    try (ConnectProxy proxy = ConnectProxy.start()) {
      JsonNode kubeconfig = new YAMLMapper().readTree(echo.cluster().kubeconfig().toFile());
      ((ObjectNode) kubeconfig.at("/clusters/0/cluster"))
          .put("proxy-url", "http://127.0.0.1:" + proxy.port());
      Path file = Files.writeString(folder.resolve("kubeconfig"), kubeconfig.toPrettyString());
      try (Cluster cluster = ClusterManager.kubeconfig(file).open(KubeconfigSpec.currentContext());
          PortForward forward = PortForward.open(cluster, echo.deployment(), PORT)) {
        int before = proxy.targets().size();
        forward.pod();
        int asked = proxy.targets().size();

        try (Socket socket = connect(forward)) {
          assertThat(echo(socket, "by way of a proxy")).isEqualTo("by way of a proxy");
        }

        assertThat(before).as("the cluster was opened through it").isPositive();
        assertThat(proxy.targets()).hasSizeGreaterThan(asked);
        assertThat(proxy.targets()).containsOnly(server.getHost() + ":" + server.getPort());
      }
    }
  }
}
