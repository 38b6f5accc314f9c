package dev.pilothouse.envoy.trace;

import com.google.protobuf.Struct;
import dev.pilothouse.envoy.Owner;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import org.jspecify.annotations.Nullable;

/** Reads which Istio object something was made from. */
final class Owners {
  private Owners() {}

  static @Nullable Owner of(Metadata metadata) {
    Struct istio = metadata.getFilterMetadataMap().get("istio");
    return istio == null || !istio.containsFields("config")
        ? null
        : Owner.parse(istio.getFieldsOrThrow("config").getStringValue()).orElse(null);
  }
}
