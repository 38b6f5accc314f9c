package dev.pilothouse.envoy.trace.oracle;

import java.util.List;
import java.util.stream.Stream;

/** All match kinds. */
final class Kinds {
  private Kinds() {}

  static List<Kind> all() {
    return Stream.of(
            PathKinds.all(),
            HeaderKinds.all(),
            MoreRouteKinds.all(),
            HostKind.all(),
            ActionKinds.all(),
            MatcherKind.all(),
            ChainKind.all(),
            ListenerKinds.all(),
            BackedKinds.all(),
            TlsKinds.all(),
            Http2Kind.all(),
            List.of(new ScopeKind(), new RewriteKind()))
        .flatMap(List::stream)
        .toList();
  }
}
