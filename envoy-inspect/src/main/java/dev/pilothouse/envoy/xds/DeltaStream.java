package dev.pilothouse.envoy.xds;

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
final class DeltaStream extends AdsCall<DeltaDiscoveryRequest, DeltaDiscoveryResponse> {
  private final AggregatedDiscoveryServiceStub stub;
  private final ContentPool pool;
  private final Set<String> begun = new HashSet<>();

  DeltaStream(AggregatedDiscoveryServiceStub stub, Node node, ContentPool pool, Listener listener) {
    super(node, listener);
    this.stub = stub;
    this.pool = pool;
  }

  @Override
  StreamObserver<DeltaDiscoveryRequest> call(StreamObserver<DeltaDiscoveryResponse> responses) {
    return stub.deltaAggregatedResources(responses);
  }

  @Override
  DeltaDiscoveryRequest introduced(DeltaDiscoveryRequest request, Node as) {
    return request.toBuilder().setNode(as).build();
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
    send(request.build());
  }

  @Override
  public void answer(Subscription subscription, Update update, String fault) {
    DeltaDiscoveryRequest.Builder request =
        request(update.typeUrl()).setResponseNonce(update.nonce());
    if (!fault.isEmpty()) {
      request.setErrorDetail(refusal(fault));
    }
    send(request.build());
  }

  private static DeltaDiscoveryRequest.Builder request(String typeUrl) {
    return DeltaDiscoveryRequest.newBuilder().setTypeUrl(typeUrl);
  }

  @Override
  Update read(DeltaDiscoveryResponse response) {
    String typeUrl = pool.text(response.getTypeUrl());
    List<Update.Sent> sent = new ArrayList<>(response.getResourcesCount());
    for (Resource resource : response.getResourcesList()) {
      ProtobufContent content =
          resource.hasResource() ? pool.content(resource.getResource()) : null;
      sent.add(
          new Update.Sent(
              pool.text(resource.getName()), pool.text(resource.getVersion()), content, ""));
    }
    return new Update(
        typeUrl,
        pool.text(response.getSystemVersionInfo()),
        response.getNonce(),
        sent,
        response.getRemovedResourcesList().stream().map(pool::text).toList(),
        false,
        response.getSerializedSize());
  }
}
