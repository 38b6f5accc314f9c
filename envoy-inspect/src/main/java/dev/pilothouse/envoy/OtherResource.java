package dev.pilothouse.envoy;

import dev.pilothouse.envoy.DumpScanner.Scanned;

/** A resource without a typed view of its own: the bootstrap, scoped routes, filters from ECDS. */
public final class OtherResource extends Resource {
  OtherResource(Scanned found, Content content) {
    super(found, content);
  }
}
