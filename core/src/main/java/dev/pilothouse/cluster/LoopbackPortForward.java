package dev.pilothouse.cluster;

import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.ApiServer;
import dev.pilothouse.internal.LoopbackServer;
import dev.pilothouse.internal.Poll;
import dev.pilothouse.internal.Poll.NotYet;
import dev.pilothouse.internal.Poll.Outcome;
import dev.pilothouse.internal.PortInUse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A server on loopback that passes each connection on to a pod. */
final class LoopbackPortForward implements PortForward {
  private static final Logger LOG = LoggerFactory.getLogger(LoopbackPortForward.class);
  private static final int HIGHEST_PORT = 65_535;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final String tried;
  private final PodTarget target;
  private final ReadyPods pods;
  private final KeptPod kept;
  private final PodConnections connections;
  private final LoopbackServer listener;
  private volatile @Nullable PilothouseException lastFailure;
  private volatile boolean closed;

  private LoopbackPortForward(Cluster cluster, PodTarget target, int port, int localPort)
      throws IOException {
    this.tried = "forwarding a connection to port " + port + " of " + target;
    this.target = target;
    ApiServer server = new ApiServer(cluster.client());
    this.pods = new ReadyPods(server, target, port);
    this.kept = new KeptPod(server, pods);
    String threads = "pilothouse-port-forward-" + port;
    this.connections = new PodConnections(new ApiUpgrade(cluster.client()), threads);
    this.listener = LoopbackServer.start(threads, localPort, this::carry);
  }

  static PortForward open(Cluster cluster, PodTarget target, int port, int localPort) {
    if (port < 1 || port > HIGHEST_PORT || localPort < 0 || localPort > HIGHEST_PORT) {
      throw new IllegalArgumentException(
          "a port is 1 to " + HIGHEST_PORT + ": " + port + " from local port " + localPort);
    }
    String tried = "opening a port-forward to port " + port + " of " + target;
    try {
      return new LoopbackPortForward(cluster, target, port, localPort);
    } catch (IOException e) {
      PortInUse.refuse(tried, localPort);
      throw new PilothouseException(tried, e.toString(), "", null, e);
    }
  }

  @Override
  public PodTarget target() {
    return target;
  }

  @Override
  public InetSocketAddress address() {
    return listener.address();
  }

  @Override
  public URI http() {
    return URI.create("http://127.0.0.1:" + listener.port());
  }

  @Override
  public String pod() {
    try {
      return pods.find().pod().pod();
    } catch (NotYet e) {
      String words = String.valueOf(e.getMessage());
      throw new PilothouseException("looking for a pod of " + target, words, "", null, e);
    }
  }

  @Override
  public Optional<PilothouseException> lastFailure() {
    return Optional.ofNullable(lastFailure);
  }

  private void carry(Socket local) throws IOException {
    try (ForwardedConnection connection = connect(local)) {
      connection.carry();
    } catch (PilothouseException e) {
      report(e);
      reset(local);
    } catch (IOException e) {
      kept.forget(); // The pod may be gone, and the news of it on its way.
      if (!local.isClosed()) { // Else it was closed with this, or the client has gone.
        String words = String.valueOf(e.getMessage());
        report(new PilothouseException(tried, words, advice(words), null, e));
        reset(local);
      }
    }
  }

  private ForwardedConnection connect(Socket local) {
    Outcome<ForwardedConnection> outcome =
        Poll.until(tried, PATIENCE, local::isClosed, () -> Optional.of(connectNow(local)));
    if (outcome.value() != null) {
      return outcome.value();
    }
    throw new PilothouseException(
        tried,
        outcome.hopeless() ? "the connection was closed" : outcome.seenLast(),
        "",
        null,
        outcome.lastFailure());
  }

  private ForwardedConnection connectNow(Socket local) throws NotYet, IOException {
    PodPort pod = kept.get();
    boolean open = false;
    try {
      ForwardedConnection connection = ForwardedConnection.open(connections, pod, local);
      open = true;
      return connection;
    } catch (PodConnections.Refused e) {
      String toDo = "use a kubeconfig whose user may create pods/portforward";
      throw new PilothouseException(tried, String.valueOf(e.getMessage()), toDo, null, e);
    } finally {
      if (!open) {
        kept.forget();
      }
    }
  }

  private static String advice(String words) {
    return words.contains("connection refused")
        ? "see on which port the pod's container listens, and whether it does so already"
        : "";
  }

  private void report(PilothouseException failure) {
    if (closed) {
      return;
    }
    PilothouseException before = lastFailure;
    lastFailure = failure;
    String words = String.valueOf(failure.getMessage());
    if (before == null || !words.equals(before.getMessage())) {
      LOG.warn("{}", words);
    } else {
      LOG.debug("Again: {}", words);
    }
  }

  /** So that the client does not take what it got so far for all there is. */
  private static void reset(Socket local) throws IOException {
    if (!local.isClosed()) {
      local.setSoLinger(true, 0);
    }
  }

  @Override
  public void close() {
    closed = true;
    listener.close();
    connections.close();
    kept.close();
  }

  @Override
  public String toString() {
    return "PortForward[" + http() + " to " + target + "]";
  }
}
