package dev.pilothouse.cluster;

import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.ApiServer;
import dev.pilothouse.toolbox.ManagedProcess;
import dev.pilothouse.toolbox.ProcessSpec;
import dev.pilothouse.toolbox.RunDirectory;
import dev.pilothouse.toolbox.ToolboxException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * etcd and kube-apiserver as processes that we have started.
 *
 * <p>They talk through unix sockets in the run directory, which only its owner can reach: etcd has
 * no port. The sockets' names are relative to the working directory, so its length does not matter.
 *
 * @param etcd the store
 * @param apiServer the API server
 * @param port the API server's, on loopback
 */
record ControlPlane(ManagedProcess etcd, ManagedProcess apiServer, int port) {
  static final String KUBERNETES_SERVICE_IP = "10.96.0.1";

  /** Where etcd keeps its data, below the run directory. */
  static final String DATA = "etcd";

  private static final String CLIENT_SOCKET = "unix://etcd-client:0";
  private static final String PEER_SOCKET = "unix://etcd-peer:0";

  private static final List<String> ETCD_FLAGS =
      List.of(
          "--data-dir=" + DATA,
          "--listen-client-urls=" + CLIENT_SOCKET,
          "--advertise-client-urls=" + CLIENT_SOCKET,
          "--listen-peer-urls=" + PEER_SOCKET,
          "--initial-advertise-peer-urls=" + PEER_SOCKET,
          "--name=etcd",
          "--initial-cluster=etcd=" + PEER_SOCKET,
          // The data need not outlive a crash of the machine.
          "--unsafe-no-fsync",
          "--log-level=warn");

  private static final List<String> API_SERVER_FLAGS =
      List.of(
          "--etcd-servers=" + CLIENT_SOCKET,
          "--bind-address=127.0.0.1",
          "--advertise-address=127.0.0.1",
          "--authorization-mode=RBAC",
          "--anonymous-auth=false",
          "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
          "--service-cluster-ip-range=10.96.0.0/16",
          // No controller makes the service account that this plugin wants each pod to have.
          "--disable-admission-plugins=ServiceAccount",
          // The address would be a loopback one, and those are no endpoints.
          "--endpoint-reconciler-type=none",
          // With a cache the first list of each kind is answered 429 until the cache is filled,
          // and clients (istiod's are such) back off for a second.
          "--watch-cache=false",
          // One user needs no fair share, and the start is faster without.
          "--enable-priority-and-fairness=false",
          "--profiling=false");

  /** Fewer garbage collections make the start a third faster, for some 150 MB of memory. */
  private static final Map<String, String> API_SERVER_ENVIRONMENT = Map.of("GOGC", "300");

  /** What waits for things that a template holds already. */
  private static final String READY_FROM_TEMPLATE =
      "/readyz?exclude=poststarthook/rbac/bootstrap-roles"
          + "&exclude=poststarthook/scheduling/bootstrap-system-priority-classes";

  private static final Duration STOP_DEADLINE = Duration.ofSeconds(10);

  /** What the data of an etcd depends on, beside what is asked for. */
  static String fingerprint(Binaries binaries) {
    return String.join(
        "\n",
        binaries.etcd().version(),
        binaries.apiServer().version(),
        ETCD_FLAGS.toString(),
        API_SERVER_FLAGS.toString());
  }

  /** Starts both and does not wait. */
  static ControlPlane start(
      RunDirectory run, Binaries binaries, LocalClusterSpec spec, LocalCredentials credentials) {
    List<String> etcdCommand = new ArrayList<>();
    etcdCommand.add(binaries.etcd().path().toString());
    etcdCommand.addAll(ETCD_FLAGS);
    ManagedProcess etcd = run.start(process("etcd", etcdCommand, Map.of(), run.path()));

    int port = spec.port() == 0 ? run.reservePort() : spec.port();
    List<String> apiServerCommand = new ArrayList<>();
    apiServerCommand.add(binaries.apiServer().path().toString());
    apiServerCommand.addAll(API_SERVER_FLAGS);
    apiServerCommand.add("--secure-port=" + port);
    apiServerCommand.addAll(credentials.writeFor(run));
    apiServerCommand.addAll(spec.apiServerFlags());
    ManagedProcess apiServer =
        run.start(process("kube-apiserver", apiServerCommand, API_SERVER_ENVIRONMENT, run.path()));
    endTogether(etcd, apiServer);
    return new ControlPlane(etcd, apiServer, port);
  }

  String url() {
    return "https://127.0.0.1:" + port;
  }

  private static ProcessSpec process(
      String name, List<String> command, Map<String, String> environment, Path directory) {
    // SIGKILL at once: the data is thrown away, and the API server takes a second to say goodbye.
    return new ProcessSpec(name, command, environment, directory, Duration.ZERO);
  }

  /** Without etcd the API server would let its clients wait; its end lets them know. */
  private static void endTogether(ManagedProcess etcd, ManagedProcess apiServer) {
    var unused =
        etcd.exited()
            .thenRun(
                () -> {
                  if (apiServer.alive()) {
                    ProcessHandle.of(apiServer.pid()).ifPresent(ProcessHandle::destroyForcibly);
                  }
                });
  }

  List<Component> components() {
    return List.of(Component.of(etcd), Component.of(apiServer));
  }

  /** Waits for a cluster that began with a template. */
  void awaitReady(ApiServer server, List<String> kinds, Duration deadline) {
    ApiResources resources = new ApiResources(server);
    await(
        "it answers /readyz and serves what is defined",
        () -> {
          server.get(READY_FROM_TEMPLATE);
          return kinds.stream().allMatch(resources::serves);
        },
        deadline);
  }

  /** Waits for a cluster that began with nothing. */
  void awaitFirstReady(ApiServer server, List<String> objects, Duration deadline) {
    await(
        "it answers /readyz and has made its first objects",
        () -> {
          server.get("/readyz");
          objects.forEach(server::get);
          return true;
        },
        deadline);
  }

  private void await(String what, BooleanSupplier fact, Duration deadline) {
    try {
      apiServer.await(what, () -> listens() && fact.getAsBoolean(), deadline);
    } catch (ToolboxException e) {
      if (!etcd.alive()) {
        String words = Component.of(etcd).obituary();
        throw new PilothouseException("starting etcd and kube-apiserver", words, "", null, e);
      }
      throw e;
    }
  }

  /** A failed call of the client is dear, and there are hundreds until the API server listens. */
  private boolean listens() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return apiServer.alive() && socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /** Ends both in a way that leaves all data on disk. */
  void stop() {
    apiServer.close();
    ProcessHandle.of(etcd.pid()).ifPresent(ProcessHandle::destroy);
    try {
      etcd.exited().get(STOP_DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PilothouseException("stopping etcd", "interrupted", "", null, e);
    } catch (ExecutionException | TimeoutException e) {
      String words = "it has not ended after " + STOP_DEADLINE.toSeconds() + " s";
      throw new PilothouseException("stopping etcd", words, "", null, e);
    }
  }
}
