package dev.pilothouse.envoy.live;

import com.google.protobuf.Message;
import dev.pilothouse.envoy.ConfigSource;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigInspector;
import dev.pilothouse.envoy.Resource.State;
import java.time.Duration;
import java.util.function.Predicate;

/** Brings a real Envoy into the states that the tests look at, and waits until it is there. */
public final class Scenarios {
  private static final String CLUSTER = "outbound|80|v1|httpbin.default.svc.cluster.local";

  private Scenarios() {}

  /** Listeners, routes, clusters and endpoints that Envoy takes. */
  public static EnvoyConfig pushAccepted(RealEnvoy envoy) {
    envoy.endpoints("e1", Pushed.endpoints(CLUSTER));
    envoy.routes("r1", Pushed.routes("80", "one"));
    envoy.clusters("c1", Pushed.cluster(CLUSTER, true));
    envoy.listeners(
        "l1", Pushed.listener("outbound", "80", true), Pushed.listener("passing", "80", true));
    return await(
        envoy,
        c ->
            c.listener("outbound").isPresent()
                && c.route("80").isPresent()
                && c.endpoint(CLUSTER).map(e -> e.endpoints().size()).orElse(0) == 2);
  }

  /** One listener drains, one warms, one is rejected; a cluster warms. */
  public static EnvoyConfig pushWarmingAndRejected(RealEnvoy envoy) {
    envoy.clusters("c2", Pushed.cluster(CLUSTER, true), Pushed.cluster("outbound|81||away", false));
    envoy.listeners(
        "l2",
        Pushed.listener("outbound", "80", true),
        Pushed.listener("waiting", "away", false),
        Pushed.refusedListener("refused"));
    return await(
        envoy,
        c ->
            c.resources(State.WARMING).size() == 2
                && c.resources(State.REJECTED).size() == 1
                && c.resources(State.DRAINING).size() == 1);
  }

  /** A rejected listener that Envoy cannot print. */
  public static EnvoyConfig pushUnknownType(RealEnvoy envoy) {
    envoy.listeners(
        "l3", Pushed.listener("outbound", "80", true), Pushed.listenerOfUnknownType("from-istiod"));
    return await(envoy, c -> c.listener("from-istiod").isPresent());
  }

  /** Secrets, scopes of routes and a filter's configuration, each from a file of its own. */
  public static EnvoyConfig pushDiscovered(RealEnvoy envoy, TestCertificate certificate) {
    envoy.secret("s1", "server", Discovered.secret("server", certificate));
    envoy.secret("s1", "ca", Discovered.trust("ca", certificate));
    envoy.scopes(
        "x1", Discovered.scope("tenant-a", "80", "a"), Discovered.scope("tenant-b", "81", "b"));
    envoy.extensions("f1", Discovered.faultFilter("fault"));
    envoy.routes("r1", Pushed.routes("80", "one"), Pushed.routes("81", "two"));
    envoy.endpoints("e1", Pushed.endpoints(CLUSTER));
    envoy.clusters("c1", Pushed.cluster(CLUSTER, true), Discovered.clusterWithoutItsSecret("safe"));
    envoy.listeners(
        "l1", Discovered.listener("discovering"), Discovered.listenerWithInlineScopes("inline"));
    return await(
        envoy,
        c ->
            c.listener("discovering").filter(l -> l.state() == State.ACTIVE).isPresent()
                && c.listener("inline").filter(l -> l.state() == State.ACTIVE).isPresent()
                && c.resources(State.WARMING).size() == 2
                && c.endpoint(CLUSTER).isPresent()
                // Before 1.38 Envoy does not show those from SRDS.
                && c.scopedRoutes().size() >= 1
                && c.extensions().size() == 1);
  }

  /** Something of every kind that can be asserted on. */
  public static EnvoyConfig pushVarious(RealEnvoy envoy, TestCertificate certificate) {
    envoy.secret("s1", "server", Discovered.secret("server", certificate));
    envoy.secret("s1", "default", Discovered.secret("default", certificate));
    envoy.secret("s1", "ca", Discovered.trust("ca", certificate));
    envoy.endpoints("e1", Various.endpoints("plain"));
    envoy.clusters("c1", Various.clusters().toArray(Message[]::new));
    envoy.routes("r1", Various.routes("various"));
    envoy.listeners("l1", Various.listener());
    return await(
        envoy,
        c ->
            c.listener("various").filter(l -> l.state() == State.ACTIVE).isPresent()
                && c.route("various").isPresent()
                && c.resources(State.WARMING).isEmpty()
                && c.hosts("plain").size() == 3);
  }

  private static EnvoyConfig await(RealEnvoy envoy, Predicate<EnvoyConfig> wanted) {
    return EnvoyConfigInspector.create()
        .await(ConfigSource.admin(envoy.admin()), wanted, Duration.ofSeconds(20));
  }
}
