package dev.pilothouse.istiod;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.cluster.PodTarget;
import dev.pilothouse.cluster.PortForward;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.ApiServer;
import dev.pilothouse.internal.PodState;
import dev.pilothouse.internal.Poll;
import dev.pilothouse.internal.Poll.NotYet;
import dev.pilothouse.internal.rollout.Evidence;
import dev.pilothouse.internal.rollout.KubeDeployment;
import dev.pilothouse.internal.rollout.PodJudge;
import dev.pilothouse.source.IstiodBinary;
import dev.pilothouse.source.IstiodBinary.BuildVersion;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The pods of an istiod, each with a port-forward of its own. */
final class Replicas implements AutoCloseable {
  static final String CONTAINER = "discovery";
  static final int MONITORING = 15014;

  /** What kubelet asks for {@code /ready}. */
  private static final int HTTP = 8080;

  private static final int CONTROL_Z = 9876;

  /** How often a port-forward is tried beside the API server's proxy. */
  private static final Duration FORWARD_PAUSE = Duration.ofSeconds(1);

  /** An API server that cannot reach pods waits long before it says so. */
  private static final Duration BLOCKED = Duration.ofSeconds(3);

  /** One pod and how it is reached. */
  private record Line(PortForward monitoring, PortForward http, PortForward controlZ)
      implements AutoCloseable {
    @Override
    public void close() {
      monitoring.close();
      http.close();
      controlZ.close();
    }
  }

  private final Cluster cluster;
  private final KubeDeployment deployment;
  private final Map<String, Line> lines = new HashMap<>();
  private boolean closed;

  /** Whether the API server's proxy leads nowhere. */
  private volatile boolean proxyIsBlocked;

  Replicas(Cluster cluster, KubeDeployment deployment) {
    this.cluster = cluster;
    this.deployment = deployment;
  }

  /** Those that are not on their way out. */
  List<JsonNode> pods() {
    return pods(deployment);
  }

  /** The same, of a Deployment that is asked for a limited time. */
  static List<JsonNode> pods(KubeDeployment deployment) {
    return deployment.pods(deployment.get()).stream()
        .filter(pod -> !pod.path("metadata").has("deletionTimestamp"))
        .toList();
  }

  /** Where a pod's monitoring is reached. */
  URI monitoring(JsonNode pod) {
    return line(pod).monitoring().http();
  }

  /** A pod, by a port-forward. */
  AdminApi admin(JsonNode pod) {
    return new AdminApi(monitoring(pod));
  }

  /** One pod, for the console. */
  IstiodInstance instance(JsonNode pod, Path log) {
    Line line = line(pod);
    return new IstiodInstance(
        pod.at("/metadata/name").asText(), line.monitoring().http(), line.controlZ().http(), log);
  }

  /** Whether the istiod of a pod runs, ready or not. */
  static boolean runs(JsonNode pod) {
    return container(pod).path("state").has("running");
  }

  private synchronized Line line(JsonNode pod) {
    String uid = pod.at("/metadata/uid").asText();
    Line line = lines.get(uid);
    if (line == null) {
      if (closed) {
        throw new PilothouseException("reaching " + deployment, "it is closed", "", null, null);
      }
      String name = pod.at("/metadata/name").asText();
      PodTarget target = PodTarget.pod(deployment.namespace(), name, uid);
      line =
          new Line(
              PortForward.open(cluster, target, MONITORING),
              PortForward.open(cluster, target, HTTP),
              PortForward.open(cluster, target, CONTROL_Z));
      lines.put(uid, line);
    }
    return line;
  }

  private synchronized void forgetAllBut(List<JsonNode> pods) {
    Set<String> gone = new HashSet<>(lines.keySet());
    pods.forEach(pod -> gone.remove(pod.at("/metadata/uid").asText()));
    for (String uid : gone) {
      Line line = lines.remove(uid);
      if (line != null) {
        line.close();
      }
    }
  }

  List<IstiodReplica> table() {
    return pods().stream().map(Replicas::replica).toList();
  }

  private static IstiodReplica replica(JsonNode pod) {
    JsonNode status = container(pod);
    return new IstiodReplica(
        pod.at("/metadata/name").asText(),
        pod.at("/spec/nodeName").asText(),
        status.path("image").asText(),
        PodState.ready(pod),
        status.path("restartCount").asInt(),
        instant(status.at("/state/running/startedAt").asText()));
  }

  private static JsonNode container(JsonNode pod) {
    for (JsonNode status : pod.at("/status/containerStatuses")) {
      if (status.path("name").asText().equals(CONTAINER)) {
        return status;
      }
    }
    return pod.path("status").path("containerStatuses").path(0);
  }

  private static @Nullable Instant instant(String text) {
    try {
      return text.isEmpty() ? null : Instant.parse(text);
    } catch (DateTimeParseException e) {
      return null;
    }
  }

  /** The proxies of all replicas. */
  List<ProxySync> proxies() throws IOException, InterruptedException {
    List<ProxySync> all = new ArrayList<>();
    for (JsonNode pod : pods()) {
      if (PodState.ready(pod)) {
        all.addAll(admin(pod).proxies());
      }
    }
    return all;
  }

  /**
   * Waits until every replica runs a build.
   *
   * @param tried what is being done, for the message
   * @param binary the build; null for any, as long as it is the same everywhere
   * @param deadline how long at most
   * @param swap whether the pods stay and their istiods are being replaced, so that another version
   *     may be answered at first
   * @param abandoned whether nobody wants it any more
   * @return what they say
   */
  BuildVersion prove(
      String tried,
      @Nullable IstiodBinary binary,
      Duration deadline,
      boolean swap,
      BooleanSupplier abandoned) {
    KubeDeployment asked = deployment.until(System.nanoTime() + deadline.toNanos());
    PodJudge judge = new PodJudge(asked.server());
    Doors doors = new Doors(asked.server());
    List<JsonNode> seen = new ArrayList<>();
    String[] verdict = {""};
    Poll.Outcome<BuildVersion> outcome =
        Poll.until(
            tried,
            deadline,
            () -> abandoned.getAsBoolean() || !verdict[0].isEmpty(),
            () -> {
              seen.clear();
              seen.addAll(pods(asked));
              forgetAllBut(seen);
              for (JsonNode pod : seen) {
                verdict[0] = judge.hopeless(pod).orElse(verdict[0]);
              }
              return agreed(doors, seen, binary, swap, verdict);
            });
    if (outcome.value() != null) {
      return outcome.value();
    }
    String words =
        abandoned.getAsBoolean()
            ? "it was closed meanwhile"
            : outcome.hopeless()
                ? verdict[0]
                : "not every replica runs it after "
                    + deadline.toMillis()
                    + " ms: "
                    + outcome.seenLast();
    String evidence =
        abandoned.getAsBoolean()
            ? ""
            : new Evidence(deployment.server()).of(null, seen, CONTAINER, StartupLog::tail);
    throw new PilothouseException(tried, words + evidence, "", null, outcome.lastFailure());
  }

  private Optional<BuildVersion> agreed(
      Doors doors,
      List<JsonNode> pods,
      @Nullable IstiodBinary binary,
      boolean swap,
      String[] verdict)
      throws IOException, InterruptedException, NotYet {
    BuildVersion first = null;
    for (JsonNode pod : pods) {
      String name = pod.at("/metadata/name").asText();
      if (!pod.at("/status/phase").asText().equals("Running")) {
        throw new NotYet(PodState.describe(pod));
      }
      BuildVersion says = doors.ask(pod);
      String difference =
          binary == null ? differ(first, says) : BuildProof.difference(says, binary);
      if (!difference.isEmpty() && swap) {
        throw new NotYet("replica " + name + ": " + difference);
      }
      if (!difference.isEmpty()) {
        verdict[0] = "replica " + name + ": " + difference;
        return Optional.empty();
      }
      first = says;
    }
    if (first == null) {
      throw new NotYet("there is no replica");
    }
    return Optional.of(first);
  }

  /**
   * The ways to ask a replica what it is. The API server's proxy comes first: a question that finds
   * nobody costs next to nothing, and there are many of them while istiod starts, on the same
   * machine perhaps. Where that way is closed, there is the port-forward.
   */
  private final class Doors {
    private final ApiServer server;
    private long forwarded = System.nanoTime();

    Doors(ApiServer server) {
      this.server = server;
    }

    /** What it says, once it is ready. */
    BuildVersion ask(JsonNode pod) throws IOException, InterruptedException {
      long asked = System.nanoTime();
      if (!proxyIsBlocked) {
        try {
          return ask(AdminApi.ofPod(server, pod, HTTP), AdminApi.ofPod(server, pod, MONITORING));
        } catch (IOException e) {
          proxyIsBlocked = System.nanoTime() - asked > BLOCKED.toNanos();
          if (asked - forwarded < FORWARD_PAUSE.toNanos()) {
            throw e;
          }
        }
      }
      forwarded = asked;
      return ask(new AdminApi(line(pod).http().http()), admin(pod));
    }

    private static BuildVersion ask(AdminApi http, AdminApi monitoring)
        throws IOException, InterruptedException {
      boolean unused = http.ready();
      return BuildProof.read(monitoring);
    }
  }

  private static String differ(@Nullable BuildVersion first, BuildVersion says) {
    return first == null || first.equals(says)
        ? ""
        : "it says " + says + ", and another one " + first;
  }

  @Override
  public synchronized void close() {
    closed = true;
    lines.values().forEach(Line::close);
    lines.clear();
  }
}
