package dev.pilothouse.delve;

import java.time.Duration;

/**
 * Finds which functions of istiod produce a part of what it pushes: those that return it. They are
 * traced while a push happens.
 *
 * <pre>{@code
 * Producers who = debug.producersOf(CommonChange.CLUSTERS, "outbound|8000||httpbin")
 *     .when(() -> cluster.apply(service), Duration.ofSeconds(10));
 * who.first().function();                    // …core.(*ClusterBuilder).buildCluster
 * who.first().path();                        // ~r0.cluster.Name
 * who.first().hit().argument("discoveryType");
 * who.first().hit().calledFrom("core.(*ConfigGeneratorImpl).BuildClusters");
 * }</pre>
 *
 * <p>The candidates are the functions of Istio that build such parts, found by their names in the
 * binary; Istio 1.31 was looked at. Each return of a candidate is read, so istiod is slower
 * meanwhile: milliseconds for each resource of the push. What istiod has in its cache from an
 * earlier push, nobody produces again.
 */
public interface ProducerProbe {
  /**
   * Looks at other functions: those of a patched istiod, say.
   *
   * @param regex a regular expression of Go's, looked for in whole names
   * @return a probe with these candidates alone
   */
  ProducerProbe among(String regex);

  /**
   * Reads more or less of arguments and results. Usually 2 levels are read: the names of resources
   * and of what they hold.
   *
   * @param limits how much is read at each return
   * @return a probe with the limits
   */
  ProducerProbe loading(LoadLimits limits);

  /**
   * The producers from when the action begins until it returns: it has to wait for the push itself,
   * as for the proxy's acknowledgement.
   *
   * @param push what leads to the push; what it throws is thrown
   * @return the producers
   */
  Producers when(Runnable push);

  /**
   * The producers from when the action begins until the first one, or until patience is over when
   * none comes; until the action returns in any case.
   *
   * @param push what leads to the push; what it throws is thrown
   * @param patience how long to wait for a producer after the action
   * @return the producers
   */
  Producers when(Runnable push, Duration patience);
}
