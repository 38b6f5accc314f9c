package dev.pilothouse.envoy.xds;

import com.google.rpc.Status;
import dev.pilothouse.envoy.ProtobufContent;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceStub;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The delta protocol. */
final class DeltaStream implements AdsStream {
  private final AggregatedDiscoveryServiceStub stub;
  private final Node node;
  private final ContentPool pool;
  private final Listener listener;
  private final Set<String> begun = new HashSet<>();
  private StreamRequests<DeltaDiscoveryRequest> requests = StreamRequests.none();
  private boolean introduced;

  DeltaStream(AggregatedDiscoveryServiceStub stub, Node node, ContentPool pool, Listener listener) {
    this.stub = stub;
    this.node = node;
    this.pool = pool;
    this.listener = listener;
  }

  @Override
  public void open() {
    requests = StreamRequests.of(stub.deltaAggregatedResources(new Responses()));
  }

  @Override
  public void ask(Subscription subscription, Set<String> added, Set<String> removed) {
    DeltaDiscoveryRequest.Builder request = request(subscription.typeUrl());
    if (begun.add(subscription.typeUrl())) {
      if (!subscription.wildcard() && subscription.wanted().isEmpty()) {
        // Without names it would ask for everything.
        begun.remove(subscription.typeUrl());
        return;
      }
      request.addAllResourceNamesSubscribe(subscription.wanted());
      request.putAllInitialResourceVersions(subscription.heldVersions());
    } else if (added.isEmpty() && removed.isEmpty()) {
      return;
    } else {
      request.addAllResourceNamesSubscribe(added).addAllResourceNamesUnsubscribe(removed);
    }
    send(request);
  }

  @Override
  public void answer(Subscription subscription, Update update, String fault) {
    DeltaDiscoveryRequest.Builder request =
        request(update.typeUrl()).setResponseNonce(update.nonce());
    if (!fault.isEmpty()) {
      request.setErrorDetail(
          Status.newBuilder().setCode(io.grpc.Status.Code.INTERNAL.value()).setMessage(fault));
    }
    send(request);
  }

  @Override
  public void cancel() {
    requests.cancel();
  }

  private static DeltaDiscoveryRequest.Builder request(String typeUrl) {
    return DeltaDiscoveryRequest.newBuilder().setTypeUrl(typeUrl);
  }

  private void send(DeltaDiscoveryRequest.Builder request) {
    if (!introduced) {
      introduced = true;
      request.setNode(node);
    }
    requests.send(request.build());
  }

  private final class Responses implements StreamObserver<DeltaDiscoveryResponse> {
    @Override
    public void onNext(DeltaDiscoveryResponse response) {
      String typeUrl = pool.text(response.getTypeUrl());
      List<Update.Sent> sent = new ArrayList<>(response.getResourcesCount());
      for (Resource resource : response.getResourcesList()) {
        ProtobufContent content =
            resource.hasResource() ? pool.content(resource.getResource()) : null;
        sent.add(
            new Update.Sent(
                pool.text(resource.getName()), pool.text(resource.getVersion()), content, ""));
      }
      listener.received(
          DeltaStream.this,
          new Update(
              typeUrl,
              pool.text(response.getSystemVersionInfo()),
              response.getNonce(),
              sent,
              response.getRemovedResourcesList().stream().map(pool::text).toList(),
              false,
              response.getSerializedSize()));
    }

    @Override
    public void onError(Throwable fault) {
      listener.ended(DeltaStream.this, StreamFault.describe(fault));
    }

    @Override
    public void onCompleted() {
      listener.ended(DeltaStream.this, StreamFault.COMPLETED);
    }
  }
}
