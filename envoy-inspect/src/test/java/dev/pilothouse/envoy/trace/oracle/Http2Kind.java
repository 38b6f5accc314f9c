package dev.pilothouse.envoy.trace.oracle;

import dev.pilothouse.envoy.trace.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Another kind, whose requests come over HTTP/2. */
record Http2Kind(Kind kind) implements Kind {
  private static final Set<String> NAMES =
      Set.of(
          "prefix",
          "regex",
          "blanks in the path",
          "normalized path",
          "header exact",
          "cookie header",
          "several at once",
          "domain *",
          "any port stripped",
          "redirect",
          "TLS required",
          "gRPC answers",
          "header changes");

  static List<Kind> all() {
    return Stream.of(
            PathKinds.all(),
            HeaderKinds.all(),
            MoreRouteKinds.all(),
            HostKind.all(),
            ActionKinds.all(),
            BackedKinds.all())
        .flatMap(List::stream)
        .filter(kind -> NAMES.contains(kind.name()))
        .map(kind -> (Kind) new Http2Kind(kind))
        .toList();
  }

  @Override
  public String name() {
    return "HTTP/2, " + kind.name();
  }

  @Override
  public boolean since(int minor) {
    return kind.since(minor);
  }

  @Override
  public Scenario scenario(Dice dice, int pairs) {
    Scenario plain = kind.scenario(dice, pairs);
    List<Pair> over = new ArrayList<>();
    for (Pair pair : plain.pairs()) {
      HttpRequest request = pair.request();
      if (request != null) {
        HttpRequest second = request.over(HttpRequest.Protocol.HTTP_2);
        over.add(new Pair(pair.connection(), second, pair.target(), pair.spoiled()));
      }
    }
    return new Scenario(
        name(), plain.listener(), plain.listenerFilters(), plain.others(), plain.clusters(), over);
  }
}
