package dev.pilothouse.envoy.xds;

import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceStub;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connections, threads and messages that the clients of one control plane share. */
final class SharedFleet implements XdsFleet {
  private static final Logger LOG = LoggerFactory.getLogger(SharedFleet.class);

  // As large as the largest dump that is read.
  private static final int MAX_RESPONSE = 256 << 20;
  private static final long CLOSE_SECONDS = 10;

  private final XdsServer server;
  private final int streamsPerConnection;
  private final ContentPool pool = new ContentPool();
  private final ExecutorService workers;
  private final ScheduledThreadPoolExecutor timer;
  private final List<Connection> connections = new ArrayList<>();
  private final Set<AdsClient> clients = new LinkedHashSet<>();
  private boolean closed;

  /** A connection, and how many clients use it. */
  static final class Connection {
    private final ManagedChannel channel;
    private final AggregatedDiscoveryServiceStub stub;
    private int streams;

    private Connection(ManagedChannel channel, AggregatedDiscoveryServiceStub stub) {
      this.channel = channel;
      this.stub = stub;
    }

    AggregatedDiscoveryServiceStub stub() {
      return stub;
    }

    /** The client has its own back-off; the channel's would only add to it. */
    void retryNow() {
      channel.resetConnectBackoff();
    }
  }

  SharedFleet(XdsServer server, int streamsPerConnection) {
    if (streamsPerConnection < 1) {
      throw new IllegalArgumentException(
          "streamsPerConnection must be at least 1: " + streamsPerConnection);
    }
    this.server = server;
    this.streamsPerConnection = streamsPerConnection;
    this.workers =
        Executors.newFixedThreadPool(
            Math.max(2, Runtime.getRuntime().availableProcessors()), daemons("pilothouse-xds"));
    this.timer = new ScheduledThreadPoolExecutor(1, daemons("pilothouse-xds-timer"));
    timer.setRemoveOnCancelPolicy(true);
  }

  /** A client whose end is the end of its fleet. */
  static XdsClient single(XdsServer server, XdsOptions options) {
    SharedFleet fleet = new SharedFleet(server, 1);
    boolean started = false;
    try {
      AdsClient client = fleet.start(options, true);
      started = true;
      return client;
    } finally {
      if (!started) {
        fleet.close();
      }
    }
  }

  @Override
  public XdsClient connect(XdsOptions options) {
    return start(options, false);
  }

  private AdsClient start(XdsOptions options, boolean alone) {
    AdsClient client;
    synchronized (this) {
      if (closed) {
        throw new IllegalStateException("the fleet of " + server + " is closed");
      }
      client = new AdsClient(this, acquire(), options, alone);
      clients.add(client);
    }
    client.start();
    return client;
  }

  @Override
  public synchronized List<XdsClient> clients() {
    return List.copyOf(clients);
  }

  XdsServer server() {
    return server;
  }

  ContentPool pool() {
    return pool;
  }

  /** Runs a task after a while, unless the fleet is closed then. */
  void later(Runnable task, long nanos) {
    try {
      Future<?> unused =
          timer.schedule(
              () -> {
                try {
                  task.run();
                } catch (RuntimeException e) {
                  LOG.error("A client of {} cannot connect again", server, e);
                }
              },
              nanos,
              TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      LOG.trace("The fleet of {} is closed", server, e);
    }
  }

  synchronized void release(AdsClient client, Connection connection) {
    if (clients.remove(client)) {
      connection.streams--;
    }
  }

  private Connection acquire() {
    for (Connection connection : connections) {
      if (connection.streams < streamsPerConnection) {
        connection.streams++;
        return connection;
      }
    }
    Connection fresh = open();
    fresh.streams++;
    connections.add(fresh);
    return fresh;
  }

  private Connection open() {
    ManagedChannelBuilder<?> builder =
        Grpc.newChannelBuilder(server.target(), server.credentials())
            .executor(workers)
            .maxInboundMessageSize(MAX_RESPONSE)
            .keepAliveTime(1, TimeUnit.MINUTES)
            .keepAliveTimeout(1, TimeUnit.MINUTES)
            .disableRetry();
    server.authority().ifPresent(builder::overrideAuthority);
    ManagedChannel channel = builder.build();
    AggregatedDiscoveryServiceStub stub = AggregatedDiscoveryServiceGrpc.newStub(channel);
    return new Connection(
        channel,
        server.token().map(token -> stub.withCallCredentials(new BearerToken(token))).orElse(stub));
  }

  @Override
  public void close() {
    List<AdsClient> open;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      open = List.copyOf(clients);
    }
    open.forEach(AdsClient::close);
    timer.shutdownNow();
    connections.forEach(connection -> connection.channel.shutdownNow());
    awaitEnd();
    workers.shutdown();
  }

  /** Whose proxies, how many, and over how many connections. */
  @Override
  public synchronized String toString() {
    return "XdsFleet["
        + server
        + ", "
        + clients.size()
        + " proxies, "
        + connections.size()
        + " connections]";
  }

  private void awaitEnd() {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(CLOSE_SECONDS);
    try {
      for (Connection connection : connections) {
        connection.channel.awaitTermination(
            Math.max(1, end - System.nanoTime()), TimeUnit.NANOSECONDS);
      }
    } catch (InterruptedException e) {
      // Everything was told to end; it does so without this thread.
      Thread.currentThread().interrupt();
    }
  }

  private static ThreadFactory daemons(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }
}
