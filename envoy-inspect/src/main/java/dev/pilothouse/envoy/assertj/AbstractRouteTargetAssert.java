package dev.pilothouse.envoy.assertj;

import dev.pilothouse.envoy.Route;
import dev.pilothouse.envoy.Route.Action;
import dev.pilothouse.envoy.Route.WeightedCluster;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Assertions on the clusters that a route leads to.
 *
 * @param <S> the assertion's own type
 */
public abstract class AbstractRouteTargetAssert<S extends AbstractRouteTargetAssert<S>>
    extends AbstractHeadersAssert<S, Route> {

  AbstractRouteTargetAssert(@Nullable Route actual, Class<?> type) {
    super(actual, type);
  }

  /**
   * Verifies that it sends everything to one cluster. Clusters of weight 0 do not count.
   *
   * <pre>{@code
   * route.forwardsTo("outbound|8000|v1|httpbin.default.svc.cluster.local");  // passes
   * route.forwardsTo("outbound|8000|v2|httpbin.default.svc.cluster.local");
   * // fails: it forwards to outbound|8000|v1|httpbin.default.svc.cluster.local
   * }</pre>
   *
   * @param cluster the cluster's name
   * @return this
   */
  public S forwardsTo(String cluster) {
    return verify(
        () -> {
          String wanted = "to forward everything to " + cluster;
          List<String> there =
              clusters(wanted).stream()
                  .filter(c -> c.weight() > 0)
                  .map(WeightedCluster::name)
                  .distinct()
                  .toList();
          if (!there.equals(List.of(cluster))) {
            throw differs(
                wanted,
                forwards(),
                weights(clusters(wanted)),
                weights(List.of(new WeightedCluster(cluster, 1))));
          }
        });
  }

  /**
   * Verifies that it sends a share of its requests to a cluster.
   *
   * <pre>{@code
   * route.forwardsTo("outbound|8000|v2|httpbin.default.svc.cluster.local", 25);  // passes
   * route.forwardsTo("outbound|8000|v2|httpbin.default.svc.cluster.local", 50);
   * // fails: it forwards to …|v2|… with weight 25, …|v1|… with weight 75
   * }</pre>
   *
   * @param cluster the cluster's name
   * @param weight its weight, as it is written; a cluster alone has the weight 1
   * @return this
   */
  public S forwardsTo(String cluster, long weight) {
    return verify(
        () -> {
          String wanted = "to forward to %s with weight %d".formatted(cluster, weight);
          List<WeightedCluster> there = clusters(wanted);
          if (!there.contains(new WeightedCluster(cluster, weight))) {
            List<WeightedCluster> expected = new ArrayList<>(there);
            expected.replaceAll(
                c -> c.name().equals(cluster) ? new WeightedCluster(cluster, weight) : c);
            if (expected.equals(there)) {
              expected.add(new WeightedCluster(cluster, weight));
            }
            throw differs(wanted, forwards(), weights(there), weights(expected));
          }
        });
  }

  /**
   * Verifies to which clusters it forwards: these and no others, in any order.
   *
   * <pre>{@code
   * route.forwardsToOnly("outbound|8000|v1|httpbin", "outbound|8000|v2|httpbin");  // passes
   * route.forwardsToOnly("outbound|8000|v1|httpbin");  // fails: it forwards to …
   * }</pre>
   *
   * @param clusters the clusters' names
   * @return this
   */
  public S forwardsToOnly(String... clusters) {
    return verify(
        () -> {
          TreeSet<String> expected = new TreeSet<>(Arrays.asList(clusters));
          String wanted = "to forward to exactly " + expected;
          TreeSet<String> there = new TreeSet<>();
          clusters(wanted).forEach(cluster -> there.add(cluster.name()));
          if (!there.equals(expected)) {
            throw differs(wanted, forwards(), there, expected);
          }
        });
  }

  /** Where it forwards to, or a failure if it does not forward, or not to clusters it names. */
  final List<WeightedCluster> clusters(String wanted) {
    requireForward(wanted);
    if (actual.clusters().isEmpty()
        || actual.clusters().stream().anyMatch(cluster -> cluster.name().isEmpty())) {
      throw undecided(wanted, "the cluster is chosen for each request, as by a header");
    }
    return actual.clusters();
  }

  final void requireForward(String wanted) {
    if (actual.action() != Action.FORWARD) {
      throw failed(wanted, "it does not forward: it is a " + actionText());
    }
  }

  final String forwards() {
    return "it forwards to "
        + String.join(
            ", ",
            actual.clusters().stream()
                .map(
                    c ->
                        actual.clusters().size() == 1
                            ? c.name()
                            : c.name() + " with weight " + c.weight())
                .toList());
  }

  final io.envoyproxy.envoy.config.route.v3.Route message() {
    return Deep.route(spot(), actual);
  }

  private static List<Object> weights(List<WeightedCluster> clusters) {
    List<Object> list = new ArrayList<>();
    for (WeightedCluster cluster : clusters) {
      Map<String, Object> entry = Yaml.field("name", cluster.name());
      entry.put("weight", cluster.weight());
      list.add(entry);
    }
    return list;
  }

  final String actionText() {
    return actual.action() == Action.OTHER
        ? "route of another kind"
        : actual.action().name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  final void same(String field, String said, Object there, Object expected) {
    if (!there.equals(expected)) {
      throw differs(
          "to have " + field + " " + expected,
          there.equals("") ? "it has none" : said + " " + there,
          Yaml.field(field, there),
          Yaml.field(field, expected));
    }
  }
}
