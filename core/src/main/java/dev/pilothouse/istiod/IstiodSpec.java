package dev.pilothouse.istiod;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * How an istiod is to run.
 *
 * @param name names it among the istiods of a cluster (its POD_NAME), as {@code istiod}
 * @param revision its revision; {@code default} for the default one
 * @param profile which settings it runs with
 * @param meshConfig MeshConfig as YAML, merged over the profile's; empty for none
 * @param environment environment variables, over the profile's
 * @param arguments further flags of {@code pilot-discovery discovery}; checked against those it
 *     knows, because istiod itself accepts unknown ones in silence
 * @param logLevels log scope to level, as {@code ads} to {@code debug}
 * @param validation whether its validation webhook is registered, so that the API server refuses a
 *     bad Istio resource
 * @param readyDeadline how long it may take to become ready
 */
public record IstiodSpec(
    String name,
    String revision,
    MeshProfile profile,
    String meshConfig,
    Map<String, String> environment,
    List<String> arguments,
    Map<String, String> logLevels,
    boolean validation,
    Duration readyDeadline) {

  /** Copies the collections. */
  public IstiodSpec {
    environment = Map.copyOf(environment);
    arguments = List.copyOf(arguments);
    logLevels = Map.copyOf(logLevels);
  }

  /**
   * The usual: named {@code istiod}, revision {@code default}, {@link MeshProfile#UPSTREAM_ENVOY},
   * validation on, one minute to get ready.
   *
   * @return a specification to start from
   */
  public static IstiodSpec defaults() {
    return new IstiodSpec(
        "istiod",
        "default",
        MeshProfile.UPSTREAM_ENVOY,
        "",
        Map.of(),
        List.of(),
        Map.of(),
        true,
        Duration.ofMinutes(1));
  }
}
