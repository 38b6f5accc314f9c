package dev.pilothouse.envoy.assertj;

import dev.pilothouse.envoy.ClusterName;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.Resource;
import dev.pilothouse.envoy.Resource.State;
import dev.pilothouse.envoy.Unknown;
import dev.pilothouse.envoy.diff.DiffOptions;
import dev.pilothouse.envoy.diff.Difference;
import dev.pilothouse.envoy.diff.EnvoyDiff;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Assertions on a whole configuration that are about no single part of it: what it does not have,
 * its state, and whether it means the same as another one.
 *
 * @param <S> the assertion's own type
 */
public abstract class AbstractConfigAssert<S extends AbstractConfigAssert<S>>
    extends AbstractEnvoyAssert<S, EnvoyConfig> {

  AbstractConfigAssert(@Nullable EnvoyConfig actual, Class<?> type) {
    super(actual, type);
  }

  /**
   * Verifies that there is no cluster of that name, in any state.
   *
   * <pre>{@code
   * assertThat(config).doesNotHaveCluster("outbound|8000|v3|httpbin");  // passes
   * assertThat(config).doesNotHaveCluster("BlackHoleCluster");          // fails: there it is
   * }</pre>
   *
   * @param name the name
   * @return this
   */
  public S doesNotHaveCluster(String name) {
    return verify(() -> absent(actual.cluster(name), ClusterAssert.KIND, name));
  }

  /**
   * Verifies that there is no listener of that name, in any state.
   *
   * <pre>{@code
   * assertThat(config).doesNotHaveListener("0.0.0.0_9999");    // passes
   * assertThat(config).doesNotHaveListener("127.0.0.1_8000");  // fails: there it is
   * }</pre>
   *
   * @param name the name
   * @return this
   */
  public S doesNotHaveListener(String name) {
    return verify(() -> absent(actual.listener(name), ListenerAssert.KIND, name));
  }

  /**
   * Verifies that there is no route configuration of that name, in any state.
   *
   * <pre>{@code
   * assertThat(config).doesNotHaveRoute("9999");  // passes
   * assertThat(config).doesNotHaveRoute("8000");  // fails: there it is
   * }</pre>
   *
   * @param name the name
   * @return this
   */
  public S doesNotHaveRoute(String name) {
    return verify(() -> absent(actual.route(name), RouteConfigurationAssert.KIND, name));
  }

  /**
   * Verifies which subsets of a service have an outbound cluster in use: these and no others.
   *
   * <pre>{@code
   * assertThat(config).hasSubsets("httpbin.default.svc.cluster.local", 8000, "v1", "v2");
   * // passes
   * assertThat(config).hasSubsets("httpbin.default.svc.cluster.local", 8000, "v1");
   * // fails: it has v1, v2
   * }</pre>
   *
   * @param host the service's host
   * @param port the service's port
   * @param subsets the names, in any order; none for a service without subsets
   * @return this
   */
  public S hasSubsets(String host, int port, String... subsets) {
    return verify(
        () -> {
          TreeSet<String> there =
              actual.clusters().stream()
                  .filter(cluster -> cluster.state() == State.ACTIVE)
                  .flatMap(cluster -> cluster.parsedName().stream())
                  .filter(name -> name.direction().equals("outbound"))
                  .filter(name -> name.host().equals(host) && name.port() == port)
                  .map(ClusterName::subset)
                  .collect(Collectors.toCollection(TreeSet::new));
          if (there.isEmpty()) {
            String wanted = new ClusterName("outbound", port, "", host).toString();
            throw noSuch(ClusterAssert.KIND, "clusters", wanted, names(actual.clusters()));
          }
          there.remove("");
          TreeSet<String> wanted = new TreeSet<>(Arrays.asList(subsets));
          if (!there.equals(wanted)) {
            throw differs(
                "to have for %s, port %d, the subsets %s".formatted(host, port, wanted),
                "it has " + there,
                there,
                wanted);
          }
        });
  }

  /**
   * Verifies that Envoy refused nothing that it shows. Two things it does not show: a dump never
   * has the clusters that were rejected (the statistic {@code cluster_manager.cds.update_rejected}
   * counts them, and istiod keeps the reason), and not every source could deliver everything, which
   * is a failure called undecided.
   *
   * <pre>{@code
   * assertThat(config).hasNoRejectedConfig();    // passes
   * assertThat(rejecting).hasNoRejectedConfig();
   * // fails: 1 was rejected: listener "outbound": error adding listener …
   * }</pre>
   *
   * @return this
   */
  public S hasNoRejectedConfig() {
    return verify(
        () -> {
          hasNone(State.REJECTED, "to have no rejected configuration", "rejected");
          if (!actual.omissions().isEmpty()) {
            throw undecided(
                "to have no rejected configuration",
                "the source could not deliver " + actual.omissions());
          }
        });
  }

  /**
   * Verifies that nothing waits for something else before it is used, as a cluster for its
   * endpoints. A dump that does not tell the state of a resource is a failure called undecided.
   *
   * <pre>{@code
   * assertThat(config).hasNothingWarming();   // passes
   * assertThat(warming).hasNothingWarming();  // fails: 1 is warming: cluster "waits-for-eds"
   * }</pre>
   *
   * @return this
   */
  public S hasNothingWarming() {
    return verify(
        () -> {
          hasNone(State.WARMING, "to have nothing warming", "warming");
          List<Resource> untold = actual.resources(State.UNKNOWN);
          if (!untold.isEmpty()) {
            throw undecided(
                "to have nothing warming",
                "the state of these is not told: " + names(untold).stream().limit(20).toList());
          }
        });
  }

  /**
   * Verifies that this library knows every type, field and enum value in the configuration.
   *
   * <pre>{@code
   * assertThat(config).hasNothingUnknown();  // passes
   * assertThat(istiod).hasNothingUnknown();  // fails: 9 unknown parts: TYPE …stats.PluginConfig …
   * }</pre>
   *
   * @return this
   */
  public S hasNothingUnknown() {
    return verify(
        () -> {
          List<Unknown> unknown = actual.unknown();
          if (!unknown.isEmpty()) {
            throw failed(
                "to hold nothing unknown",
                "it holds " + AbstractResourceAssert.unknownText(unknown));
          }
        });
  }

  /**
   * Verifies that Envoy runs with what a control plane has for it, and with nothing else that could
   * have been pushed: nothing differs in meaning, nothing was rejected and nothing is warming.
   *
   * <pre>{@code
   * assertThat(envoy).isInSyncWith(istiod);  // passes
   * assertThat(stale).isInSyncWith(istiod);
   * // fails: route configuration 8000: ~ virtual_hosts[…].routes[0].route.timeout "4s" → "5s"
   * }</pre>
   *
   * @param pushed what the control plane has, as istiod's {@code /debug/config_dump}, or what a
   *     client of xDS with the same identity got
   * @return this
   * @see DiffOptions#controlPlaneAndEnvoy()
   */
  public S isInSyncWith(EnvoyConfig pushed) {
    return verify(
        () -> {
          String wanted = "to be in sync with " + pushed;
          hasNone(State.REJECTED, wanted, "rejected");
          hasNone(State.WARMING, wanted, "warming");
          same(wanted, EnvoyDiff.between(pushed, actual, DiffOptions.controlPlaneAndEnvoy()));
        });
  }

  /**
   * Verifies that it means the same as another one: versions, times and the order of what has no
   * order do not count.
   *
   * <pre>{@code
   * assertThat(after).meansTheSameAs(before, DiffOptions.oneProxy());  // passes
   * assertThat(after).meansTheSameAs(other, DiffOptions.oneProxy());
   * // fails: cluster outbound|80||a: ~ connect_timeout "10s" → "3s"
   * }</pre>
   *
   * @param other the other configuration
   * @param options what counts as a difference
   * @return this
   */
  public S meansTheSameAs(EnvoyConfig other, DiffOptions options) {
    return verify(
        () -> same("to mean the same as " + other, EnvoyDiff.between(other, actual, options)));
  }

  static List<String> names(List<? extends Resource> all) {
    return all.stream().map(Resource::name).toList();
  }

  private void same(String wanted, EnvoyDiff diff) {
    if (!diff.isEmpty()) {
      List<String> lines = diff.differences().stream().map(Difference::toString).toList();
      String leftOut =
          diff.leftOut().isEmpty() ? "" : "\nnot compared:" + Listing.of(diff.leftOut());
      throw differs(
          wanted, "there are differences:" + Listing.of(lines) + leftOut, lines, List.of());
    }
  }

  private void absent(Optional<? extends Resource> resource, String kind, String name) {
    resource.ifPresent(
        there -> {
          throw failed(
              "not to have the %s \"%s\"".formatted(kind, name),
              "there it is: %s%nat %s".formatted(there, there.place(there.pointer())));
        });
  }

  private void hasNone(State state, String wanted, String how) {
    List<Resource> there = actual.resources(state);
    if (!there.isEmpty()) {
      List<String> lines =
          there.stream().map(r -> r + "\n    at " + r.place(r.pointer())).limit(20).toList();
      String is = there.size() == 1 ? "1 is " : there.size() + " are ";
      throw differs(
          wanted,
          is + how + ":\n  " + String.join("\n  ", lines),
          there.stream().map(Resource::toString).toList(),
          List.of());
    }
  }
}
