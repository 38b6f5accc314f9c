package dev.pilothouse.envoy.xds;

import com.google.rpc.Status;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.grpc.stub.StreamObserver;

/**
 * What the streams of both protocols have in common: a call whose first request says who asks, and
 * whose responses go to a listener.
 *
 * @param <Q> what is sent
 * @param <R> what comes back
 */
abstract class AdsCall<Q, R> implements AdsStream {
  private final Node node;
  private final Listener listener;
  private StreamRequests<Q> requests = StreamRequests.none();
  private boolean introduced;

  AdsCall(Node node, Listener listener) {
    this.node = node;
    this.listener = listener;
  }

  @Override
  public final void open() {
    requests = StreamRequests.of(call(new Responses()));
  }

  @Override
  public final void cancel() {
    requests.cancel();
  }

  /** Makes the call. */
  abstract StreamObserver<Q> call(StreamObserver<R> responses);

  /** What a response says, in the form of both protocols. */
  abstract Update read(R response);

  /** The same request by somebody who has a name. */
  abstract Q introduced(Q request, Node as);

  final void send(Q request) {
    Q sent = introduced ? request : introduced(request, node);
    introduced = true;
    requests.send(sent);
  }

  /** How a response is rejected. */
  static Status refusal(String fault) {
    return Status.newBuilder()
        .setCode(io.grpc.Status.Code.INTERNAL.value())
        .setMessage(fault)
        .build();
  }

  private final class Responses implements StreamObserver<R> {
    @Override
    public void onNext(R response) {
      listener.received(AdsCall.this, read(response));
    }

    @Override
    public void onError(Throwable fault) {
      listener.ended(AdsCall.this, StreamFault.describe(fault));
    }

    @Override
    public void onCompleted() {
      listener.ended(AdsCall.this, StreamFault.COMPLETED);
    }
  }
}
