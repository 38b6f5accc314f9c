package dev.pilothouse.envoy.xds;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * A real gRPC server that says what a test tells it to: for faults that no control plane can be
 * made to show.
 */
final class ScriptedServer extends AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceImplBase
    implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 30;

  final BlockingQueue<DeltaDiscoveryRequest> deltaRequests = new LinkedBlockingQueue<>();
  final BlockingQueue<DiscoveryRequest> sotwRequests = new LinkedBlockingQueue<>();
  private final BlockingQueue<StreamObserver<DeltaDiscoveryResponse>> deltaStreams =
      new LinkedBlockingQueue<>();
  private final BlockingQueue<StreamObserver<DiscoveryResponse>> sotwStreams =
      new LinkedBlockingQueue<>();
  private final Server server;

  ScriptedServer() throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(this)
            .build()
            .start();
  }

  XdsServer address() {
    return XdsServer.plaintext("127.0.0.1", server.getPort());
  }

  @Override
  public StreamObserver<DeltaDiscoveryRequest> deltaAggregatedResources(
      StreamObserver<DeltaDiscoveryResponse> responses) {
    deltaStreams.add(responses);
    return new Requests<>(deltaRequests);
  }

  @Override
  public StreamObserver<DiscoveryRequest> streamAggregatedResources(
      StreamObserver<DiscoveryResponse> responses) {
    sotwStreams.add(responses);
    return new Requests<>(sotwRequests);
  }

  /** The next stream that a client opens. */
  StreamObserver<DeltaDiscoveryResponse> deltaStream() throws InterruptedException {
    return next(deltaStreams);
  }

  /** The next stream that a client opens. */
  StreamObserver<DiscoveryResponse> sotwStream() throws InterruptedException {
    return next(sotwStreams);
  }

  /** The next request that is as wanted; those before it are dropped. */
  DeltaDiscoveryRequest deltaRequest(Predicate<DeltaDiscoveryRequest> wanted)
      throws InterruptedException {
    while (true) {
      DeltaDiscoveryRequest request = next(deltaRequests);
      if (wanted.test(request)) {
        return request;
      }
    }
  }

  /** The next request that is as wanted; those before it are dropped. */
  DiscoveryRequest sotwRequest(Predicate<DiscoveryRequest> wanted) throws InterruptedException {
    while (true) {
      DiscoveryRequest request = next(sotwRequests);
      if (wanted.test(request)) {
        return request;
      }
    }
  }

  private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
    T next = queue.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(next).as("what the client does next").isNotNull();
    return next;
  }

  private record Requests<T>(BlockingQueue<T> queue) implements StreamObserver<T> {
    @Override
    public void onNext(T request) {
      queue.add(request);
    }

    @Override
    public void onError(Throwable fault) {
      // The client has gone; the test sees that at the client.
    }

    @Override
    public void onCompleted() {
      // As above.
    }
  }

  @Override
  public void close() {
    server.shutdownNow();
  }
}
