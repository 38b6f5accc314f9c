package dev.pilothouse.envoy.xds;

import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

/** The requests of a stream, until it ends. */
final class StreamRequests<T> {
  private final @Nullable ClientCallStreamObserver<T> call;

  private StreamRequests(@Nullable ClientCallStreamObserver<T> call) {
    this.call = call;
  }

  /** Of a stream that was not opened yet. */
  static <T> StreamRequests<T> none() {
    return new StreamRequests<>(null);
  }

  static <T> StreamRequests<T> of(StreamObserver<T> observer) {
    return new StreamRequests<>((ClientCallStreamObserver<T>) observer);
  }

  /**
   * Sends it; when the stream has ended meanwhile, which its listener hears of, nothing happens.
   */
  void send(T request) {
    if (call != null) {
      call.onNext(request);
    }
  }

  void cancel() {
    if (call != null) {
      call.cancel("the client ended the stream", null);
    }
  }
}
