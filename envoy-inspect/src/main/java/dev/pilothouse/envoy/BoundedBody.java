package dev.pilothouse.envoy;

import java.net.http.HttpHeaders;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Collects a response's body and gives up as soon as it is larger than allowed. */
final class BoundedBody implements BodySubscriber<byte[]> {
  private final CompletableFuture<byte[]> body = new CompletableFuture<>();
  private final List<ByteBuffer> parts = new ArrayList<>();
  private final String what;
  private final ReadLimits limits;
  private final long announced;
  private long size;
  private Flow.@Nullable Subscription subscription;

  BoundedBody(String what, ReadLimits limits, HttpHeaders headers) {
    this.what = what;
    this.limits = limits;
    this.announced = headers.firstValueAsLong("content-length").orElse(0);
  }

  @Override
  public CompletionStage<byte[]> getBody() {
    return body;
  }

  @Override
  public void onSubscribe(Flow.Subscription newSubscription) {
    subscription = newSubscription;
    if (announced > limits.maxBytes()) {
      giveUp(announced + " bytes");
    } else {
      newSubscription.request(Long.MAX_VALUE);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    for (ByteBuffer buffer : buffers) {
      size += buffer.remaining();
    }
    if (size > limits.maxBytes()) {
      giveUp("the answer");
    } else if (!body.isDone()) {
      parts.addAll(buffers);
    }
  }

  @Override
  public void onError(Throwable cause) {
    parts.clear();
    body.completeExceptionally(cause);
  }

  @Override
  public void onComplete() {
    if (body.isDone()) {
      return;
    }
    byte[] bytes = new byte[(int) Math.min(size, limits.maxBytes())];
    int at = 0;
    for (ByteBuffer part : parts) {
      int length = part.remaining();
      part.get(bytes, at, length);
      at += length;
    }
    parts.clear();
    body.complete(bytes);
  }

  private void giveUp(String found) {
    parts.clear();
    body.completeExceptionally(limits.tooLarge(what, found));
    if (subscription != null) {
      subscription.cancel();
    }
  }
}
