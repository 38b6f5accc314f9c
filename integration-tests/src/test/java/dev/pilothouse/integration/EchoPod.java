package dev.pilothouse.integration;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pilothouse.cluster.Applied;
import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.cluster.Manifests;
import dev.pilothouse.cluster.PodTarget;
import dev.pilothouse.cluster.PortForward;
import dev.pilothouse.internal.Poll;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A pod that listens on its loopback and sends back what it gets; but to {@code who} it sends its
 * name.
 */
@SuppressWarnings("AddressSelection") // 127.0.0.1 has one address
final class EchoPod implements AutoCloseable {
  static final int PORT = 7000;

  private static final String MANIFEST =
      """
      apiVersion: v1
      kind: Namespace
      metadata: {name: NAMESPACE}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: echo, namespace: NAMESPACE}
      spec: {selector: {app: echo}, ports: [{port: 80, targetPort: echo}]}
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: echo, namespace: NAMESPACE}
      spec:
        selector: {matchLabels: {app: echo}}
        template:
          metadata: {labels: {app: echo}}
          spec:
            terminationGracePeriodSeconds: 0
            containers:
            - name: echo
              image: IMAGE
              ports: [{name: echo, containerPort: 7000}]
              startupProbe:
                exec:
                  command:
                  - perl
                  - -MIO::Socket::INET
                  - -e
                  - IO::Socket::INET->new('127.0.0.1:7000') or exit 1
                periodSeconds: 1
                timeoutSeconds: 30
                failureThreshold: 60
              command:
              - perl
              - -MIO::Socket::INET
              - -e
              - |
                $SIG{CHLD} = 'IGNORE';
                $server = IO::Socket::INET->new(
                  LocalAddr => '127.0.0.1', LocalPort => 7000, Listen => 128,
                  ReuseAddr => 1) or die $!;
                while (1) {
                  $socket = $server->accept or next;
                  if (!fork) {
                    while (sysread $socket, $bytes, 65536) {
                      $bytes = "$ENV{HOSTNAME}\\n" if $bytes eq 'who';
                      for ($sent = 0; $sent < length $bytes; ) {
                        $sent += syswrite $socket, $bytes, length($bytes) - $sent, $sent;
                      }
                    }
                    exit 0;
                  }
                  close $socket;
                }
      """;

  private final Cluster cluster;
  private final String namespace;
  private final Applied applied;

  private EchoPod(Cluster cluster, String namespace, Applied applied) {
    this.cluster = cluster;
    this.namespace = namespace;
    this.applied = applied;
  }

  /** Starts one in a namespace of its own. */
  static EchoPod start(String namespace) {
    KindFixture kind = KindFixture.require();
    String image = kind.hub() + "/curl:" + kind.sampleTag();
    String yaml = MANIFEST.replace("NAMESPACE", namespace).replace("IMAGE", image);
    Applied applied = kind.cluster().apply(Manifests.yaml(yaml));
    EchoPod echo = new EchoPod(kind.cluster(), namespace, applied);
    echo.awaitReady();
    return echo;
  }

  void awaitReady() {
    cluster
        .client()
        .apps()
        .deployments()
        .inNamespace(namespace)
        .withName("echo")
        .waitUntilReady(2, TimeUnit.MINUTES);
  }

  /** Waits for the pod that comes after another; the Deployment may not know yet that it went. */
  void awaitReadyAfter(String old) {
    Poll.require(
        "another pod is ready",
        Duration.ofMinutes(2),
        () ->
            cluster
                .client()
                .pods()
                .inNamespace(namespace)
                .withLabel("app", "echo")
                .list()
                .getItems()
                .stream()
                .filter(pod -> !pod.getMetadata().getName().equals(old))
                .filter(Readiness.getInstance()::isReady)
                .findFirst());
  }

  Cluster cluster() {
    return cluster;
  }

  PodTarget deployment() {
    return PodTarget.deployment(namespace, "echo");
  }

  static Socket connect(PortForward forward) throws IOException {
    return new Socket(forward.address().getAddress(), forward.address().getPort());
  }

  static String echo(Socket socket, String text) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(text.getBytes(UTF_8));
    return new String(socket.getInputStream().readNBytes(text.length()), UTF_8);
  }

  /** The name of the pod that a new connection goes to. */
  static String who(PortForward forward) throws IOException {
    try (Socket socket = connect(forward)) {
      socket.getOutputStream().write("who".getBytes(UTF_8));
      StringBuilder name = new StringBuilder();
      for (int next = socket.getInputStream().read();
          next >= 0 && next != '\n';
          next = socket.getInputStream().read()) {
        name.append((char) next);
      }
      return name.toString();
    }
  }

  /** Reads to the end, orderly or not. */
  static boolean endOf(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    try {
      return in.read() < 0;
    } catch (SocketException e) {
      return true;
    }
  }

  @Override
  public void close() {
    applied.close();
  }
}
