package dev.pilothouse.envoy.xds;

import io.grpc.CallCredentials;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** Sends a token with each stream. */
final class BearerToken extends CallCredentials {
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private final Supplier<String> token;

  BearerToken(Supplier<String> token) {
    this.token = token;
  }

  @Override
  public void applyRequestMetadata(RequestInfo info, Executor executor, MetadataApplier applier) {
    executor.execute(
        () -> {
          Metadata metadata = new Metadata();
          try {
            metadata.put(AUTHORIZATION, "Bearer " + token.get());
          } catch (RuntimeException e) {
            applier.fail(Status.UNAUTHENTICATED.withDescription("no token").withCause(e));
            return;
          }
          applier.apply(metadata);
        });
  }
}
