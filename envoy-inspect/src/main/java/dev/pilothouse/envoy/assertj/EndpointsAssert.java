package dev.pilothouse.envoy.assertj;

import dev.pilothouse.envoy.Endpoint;
import dev.pilothouse.envoy.EndpointResource;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.Resource;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.assertj.core.api.SoftAssertionsProvider;
import org.jspecify.annotations.Nullable;

/**
 * Assertions on the endpoints of a cluster, and the way to each.
 *
 * <pre>{@code
 * assertThat(config).endpoints("outbound|8000||httpbin.default.svc.cluster.local")
 *     .hasOnlyAddresses("10.1.0.1:18000", "10.1.0.2:18000")
 *     .hasOnlyHealthyEndpoints();
 * }</pre>
 */
public class EndpointsAssert extends AbstractEnvoyAssert<EndpointsAssert, List<Endpoint>> {
  private static final String KIND = "endpoints of the cluster";

  @SuppressWarnings("unchecked") // A class literal knows nothing of elements.
  private static final Class<List<Endpoint>> TYPE = (Class<List<Endpoint>>) (Class<?>) List.class;

  /**
   * For AssertJ's proxies; use {@link EnvoyAssertions}.
   *
   * @param actual the endpoints
   */
  public EndpointsAssert(@Nullable List<Endpoint> actual) {
    super(actual, EndpointsAssert.class);
  }

  static EndpointsAssert of(AbstractEnvoyAssert<?, ?> from, Supplier<String> cluster) {
    return from.navigate(
        EndpointsAssert.class, TYPE, EndpointsAssert::new, () -> find(from, cluster.get()));
  }

  /** Endpoints of one resource, without what the rest of the configuration tells of them. */
  static EndpointsAssert of(@Nullable EndpointResource resource) {
    return resource == null
        ? new EndpointsAssert(null)
        : new EndpointsAssert(resource.endpoints()).at(Spot.of(resource, KIND));
  }

  /** As {@link #of(EndpointResource)}, collected. */
  static EndpointsAssert of(@Nullable EndpointResource resource, SoftAssertionsProvider collector) {
    return resource == null
        ? Softly.proxy(collector, EndpointsAssert.class, TYPE, null)
        : Softly.proxy(collector, EndpointsAssert.class, TYPE, resource.endpoints())
            .at(Spot.of(resource, KIND));
  }

  private static Found<List<Endpoint>> find(AbstractEnvoyAssert<?, ?> from, String cluster) {
    EnvoyConfig config = from.config("to know the endpoints of a cluster");
    List<Endpoint> hosts = config.hosts(cluster);
    Resource known =
        config
            .endpoint(cluster)
            .<Resource>map(endpoints -> endpoints)
            .or(() -> config.cluster(cluster))
            .orElse(null);
    if (known == null) {
      List<String> names = AbstractConfigAssert.names(config.clusters());
      throw from.noSuch("cluster", "clusters", cluster, names);
    }
    if (hosts.isEmpty() && !(known instanceof EndpointResource)) {
      throw from.undecided(
          "to have endpoints of the cluster " + cluster,
          "the source tells nothing of them; ask Envoy for include_eds");
    }
    return new Found<>(hosts, from.spot().resource(known, KIND));
  }

  /**
   * Goes to an endpoint.
   *
   * <pre>{@code
   * endpoints.endpoint("10.1.0.1:18000").isHealthy();  // passes
   * endpoints.endpoint("10.1.0.9:18000").isHealthy();  // fails: nearest: 10.1.0.1:18000, …
   * }</pre>
   *
   * @param address as {@code 10.1.0.1:18000} or {@code unix:/path}
   * @return assertions on the endpoint; several of that address are a failure, as is none
   */
  public EndpointAssert endpoint(String address) {
    return navigate(
        EndpointAssert.class,
        Endpoint.class,
        EndpointAssert::new,
        () -> {
          List<Endpoint> there =
              actual.stream()
                  .filter(endpoint -> endpoint.address().toString().equals(address))
                  .toList();
          if (there.isEmpty()) {
            throw noSuch("endpoint", "endpoints", address, addresses());
          }
          if (there.size() > 1) {
            throw failed("to have one endpoint " + address, "it has several: " + there);
          }
          Endpoint endpoint = there.get(0);
          return new Found<>(
              endpoint, spot().part("endpoint " + address, endpoint.pointer(), null));
        });
  }

  /**
   * Verifies how many endpoints there are, healthy or not.
   *
   * <pre>{@code
   * endpoints.hasSize(2);  // passes
   * endpoints.hasSize(1);  // fails: it has 2
   * }</pre>
   *
   * @param expected how many
   * @return this
   */
  public EndpointsAssert hasSize(int expected) {
    return verify(
        () -> {
          int there = actual.size();
          if (there != expected) {
            throw differs(
                "to have " + expected + " endpoints",
                "it has " + there + Listing.of(actual),
                there,
                expected);
          }
        });
  }

  /**
   * Verifies that there are none.
   *
   * <pre>{@code
   * assertThat(config).endpoints("BlackHoleCluster").isEmpty();  // passes
   * assertThat(config).endpoints("xds-grpc").isEmpty();          // fails: it has 1
   * }</pre>
   *
   * @return this
   */
  public EndpointsAssert isEmpty() {
    return hasSize(0);
  }

  /**
   * Verifies that endpoints are among them.
   *
   * <pre>{@code
   * endpoints.hasAddresses("10.1.0.1:18000");  // passes
   * endpoints.hasAddresses("10.1.0.9:18000");  // fails: it lacks [10.1.0.9:18000]
   * }</pre>
   *
   * @param expected the addresses, in any order
   * @return this
   */
  public EndpointsAssert hasAddresses(String... expected) {
    return verify(
        () -> {
          TreeSet<String> missing = new TreeSet<>(Arrays.asList(expected));
          missing.removeAll(addresses());
          if (!missing.isEmpty()) {
            throw differs(
                "to have the endpoints " + List.of(expected),
                "it lacks " + missing + Listing.of(actual),
                new TreeSet<>(addresses()),
                new TreeSet<>(Arrays.asList(expected)));
          }
        });
  }

  /**
   * Verifies the endpoints: these and no others, in any order.
   *
   * <pre>{@code
   * endpoints.hasOnlyAddresses("10.1.0.1:18000", "10.1.0.2:18000");  // passes
   * endpoints.hasOnlyAddresses("10.1.0.1:18000");                    // fails: it has …
   * }</pre>
   *
   * @param expected the addresses
   * @return this
   */
  public EndpointsAssert hasOnlyAddresses(String... expected) {
    return verify(
        () -> {
          TreeSet<String> there = new TreeSet<>(addresses());
          TreeSet<String> wanted = new TreeSet<>(Arrays.asList(expected));
          if (!there.equals(wanted)) {
            throw differs(
                "to have exactly the endpoints " + wanted,
                actual.isEmpty() ? "it has none" : "it has" + Listing.of(actual),
                there,
                wanted);
          }
        });
  }

  /**
   * Verifies that Envoy takes each of them as healthy: their health is said to be good, or nobody
   * says anything. None at all is a failure.
   *
   * <pre>{@code
   * endpoints.hasOnlyHealthyEndpoints();  // passes
   * draining.hasOnlyHealthyEndpoints();   // fails: 1 of 2 is not: 10.1.0.2:8080 unhealthy …
   * }</pre>
   *
   * @return this
   */
  public EndpointsAssert hasOnlyHealthyEndpoints() {
    return verify(
        () -> {
          List<Endpoint> all = actual;
          List<Endpoint> ill = all.stream().filter(endpoint -> !endpoint.healthy()).toList();
          if (all.isEmpty()) {
            throw failed("to have healthy endpoints alone", "it has none at all");
          }
          if (!ill.isEmpty()) {
            throw failed(
                "to have healthy endpoints alone",
                "%d of %d are not:%s".formatted(ill.size(), all.size(), Listing.of(ill)));
          }
        });
  }

  /**
   * Verifies how many of them Envoy takes as healthy.
   *
   * <pre>{@code
   * endpoints.hasHealthyEndpoints(2);  // passes
   * endpoints.hasHealthyEndpoints(1);  // fails: it has 2
   * }</pre>
   *
   * @param expected how many
   * @return this
   */
  public EndpointsAssert hasHealthyEndpoints(int expected) {
    return verify(
        () -> {
          long there = actual.stream().filter(Endpoint::healthy).count();
          if (there != expected) {
            throw differs(
                "to have " + expected + " healthy endpoints",
                "it has " + there + Listing.of(actual),
                there,
                expected);
          }
        });
  }

  /**
   * Verifies in which localities they are: these and no others, in any order.
   *
   * <pre>{@code
   * endpoints.hasOnlyLocalities("north/n1", "south/s1");  // passes
   * endpoints.hasOnlyLocalities("north/n1");              // fails: they are in [north/n1, south/s1]
   * }</pre>
   *
   * @param expected region, zone and sub-zone joined by slashes; empty for none
   * @return this
   */
  public EndpointsAssert hasOnlyLocalities(String... expected) {
    return verify(
        () -> {
          TreeSet<String> there = new TreeSet<>();
          actual.forEach(endpoint -> there.add(endpoint.locality()));
          TreeSet<String> wanted = new TreeSet<>(Arrays.asList(expected));
          if (!there.equals(wanted)) {
            throw differs(
                "to be in exactly the localities " + wanted,
                "they are in " + there + Listing.of(actual),
                there,
                wanted);
          }
        });
  }

  private List<String> addresses() {
    return actual.stream().map(endpoint -> endpoint.address().toString()).toList();
  }
}
