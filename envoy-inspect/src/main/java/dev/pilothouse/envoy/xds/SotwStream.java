package dev.pilothouse.envoy.xds;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.pilothouse.envoy.EnvoyConfigException;
import dev.pilothouse.envoy.ProtobufContent;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceStub;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.stub.StreamObserver;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The protocol of the whole state of the world. */
final class SotwStream extends AdsCall<DiscoveryRequest, DiscoveryResponse> {
  private final AggregatedDiscoveryServiceStub stub;
  private final ContentPool pool;
  // Of each type that was begun on this stream, the nonce of the last response.
  private final Map<String, String> nonces = new HashMap<>();

  SotwStream(AggregatedDiscoveryServiceStub stub, Node node, ContentPool pool, Listener listener) {
    super(node, listener);
    this.stub = stub;
    this.pool = pool;
  }

  @Override
  StreamObserver<DiscoveryRequest> call(StreamObserver<DiscoveryResponse> responses) {
    return stub.streamAggregatedResources(responses);
  }

  @Override
  DiscoveryRequest introduced(DiscoveryRequest request, Node as) {
    return request.toBuilder().setNode(as).build();
  }

  @Override
  public void ask(Subscription subscription, Set<String> added, Set<String> removed) {
    boolean begun = nonces.containsKey(subscription.typeUrl());
    if (!begun && !subscription.wildcard() && subscription.wanted().isEmpty()) {
      return;
    }
    nonces.putIfAbsent(subscription.typeUrl(), "");
    send(request(subscription).build());
  }

  @Override
  public void answer(Subscription subscription, Update update, String fault) {
    nonces.put(update.typeUrl(), update.nonce());
    DiscoveryRequest.Builder request = request(subscription);
    if (!fault.isEmpty()) {
      request.setErrorDetail(refusal(fault));
    }
    send(request.build());
  }

  /**
   * Names the version that was accepted last, so a rejected response is answered by the old one.
   */
  private DiscoveryRequest.Builder request(Subscription subscription) {
    return DiscoveryRequest.newBuilder()
        .setTypeUrl(subscription.typeUrl())
        .setVersionInfo(subscription.version())
        .setResponseNonce(nonces.getOrDefault(subscription.typeUrl(), ""))
        .addAllResourceNames(subscription.wanted());
  }

  private Update.Sent sent(Any any, String version) {
    try {
      if (any.is(Resource.class)) {
        Resource wrapped = any.unpack(Resource.class);
        return new Update.Sent(
            pool.text(wrapped.getName()), version, pool.content(wrapped.getResource()), "");
      }
      ProtobufContent content = pool.content(any);
      return new Update.Sent(pool.text(content.name()), version, content, "");
    } catch (InvalidProtocolBufferException | EnvoyConfigException e) {
      return new Update.Sent("", version, null, String.valueOf(e.getMessage()));
    }
  }

  @Override
  Update read(DiscoveryResponse response) {
    String version = pool.text(response.getVersionInfo());
    return new Update(
        pool.text(response.getTypeUrl()),
        version,
        response.getNonce(),
        response.getResourcesList().stream().map(any -> sent(any, version)).toList(),
        List.of(),
        true,
        response.getSerializedSize());
  }
}
