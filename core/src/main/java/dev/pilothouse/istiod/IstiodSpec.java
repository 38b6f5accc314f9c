package dev.pilothouse.istiod;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How an istiod is to run. Start from {@link #defaults()} and change what matters:
 *
 * <pre>{@code
 * IstiodSpec.defaults()
 *     .withRevision("canary")
 *     .withMeshConfig("outboundTrafficPolicy: {mode: REGISTRY_ONLY}")
 *     .withEnvironment("PILOT_DEBOUNCE_AFTER", "1ms")
 *     .withLogLevel("ads", "debug");
 * }</pre>
 *
 * @param name names it among the istiods of a cluster (its POD_NAME), as {@code istiod}; lower case
 *     letters, digits and dashes. Two istiods of one cluster must not share it.
 * @param revision its revision; {@code default} for the default one
 * @param profile which settings it runs with
 * @param meshConfig MeshConfig as YAML, merged over the profile's; empty for none. A field that
 *     istiod does not know is an error, before anything is started: the program itself shows which
 *     ones it knows. An istiod that comes as an image is asked when it runs. It ignores such a
 *     field and shows the others, without what has its default: so there an unknown field is not
 *     noticed when its value is one that a field may have by default (false, 0, an empty text, or a
 *     name as {@code REGISTRY_ONLY}).
 * @param environment environment variables, over the profile's; those that look like istiod's are
 *     checked against the ones it knows, because istiod itself ignores a wrong name or value
 * @param arguments further flags of {@code pilot-discovery discovery}, as {@code
 *     --kubernetesApiQPS=200}; checked against those it knows, because istiod itself accepts
 *     unknown ones in silence
 * @param logLevels log scope to level, as {@code ads} to {@code debug}; checked too
 * @param validation whether its validation webhook is registered, so that the API server refuses a
 *     bad Istio resource. The API server must run on this machine, as Pilothouse's local cluster
 *     does.
 * @param readyDeadline how long it may take to become ready
 * @param delve how it runs under Delve; empty for without. Only where istiod is a process of this
 *     machine
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
    Duration readyDeadline,
    Optional<DelveLaunch> delve) {
  private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?");

  /**
   * Copies the collections.
   *
   * @throws IllegalArgumentException if the name or the revision is not of the form that Kubernetes
   *     wants of a label
   */
  public IstiodSpec {
    requireLabel("name", name);
    requireLabel("revision", revision);
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
        Duration.ofMinutes(1),
        Optional.empty());
  }

  /**
   * The namespace that it takes for its own, the root namespace of the mesh.
   *
   * @return {@code istio-system}, unless the environment variable POD_NAMESPACE says otherwise
   */
  public String namespace() {
    return environment.getOrDefault("POD_NAMESPACE", "istio-system");
  }

  /**
   * What it calls the cluster; proxies send it with their identity.
   *
   * @return {@code Kubernetes}, unless the environment variable CLUSTER_ID says otherwise
   */
  public String clusterId() {
    return environment.getOrDefault("CLUSTER_ID", "Kubernetes");
  }

  /**
   * Another name.
   *
   * @param value the name
   * @return a copy
   */
  public IstiodSpec withName(String value) {
    return new IstiodSpec(
        value,
        revision,
        profile,
        meshConfig,
        environment,
        arguments,
        logLevels,
        validation,
        readyDeadline,
        delve);
  }

  /**
   * Another revision.
   *
   * @param value the revision
   * @return a copy
   */
  public IstiodSpec withRevision(String value) {
    return new IstiodSpec(
        name,
        value,
        profile,
        meshConfig,
        environment,
        arguments,
        logLevels,
        validation,
        readyDeadline,
        delve);
  }

  /**
   * Another profile.
   *
   * @param value the profile
   * @return a copy
   */
  public IstiodSpec withProfile(MeshProfile value) {
    return new IstiodSpec(
        name,
        revision,
        value,
        meshConfig,
        environment,
        arguments,
        logLevels,
        validation,
        readyDeadline,
        delve);
  }

  /**
   * Another mesh config.
   *
   * @param yaml MeshConfig as YAML, merged over the profile's; empty for none
   * @return a copy
   */
  public IstiodSpec withMeshConfig(String yaml) {
    return new IstiodSpec(
        name,
        revision,
        profile,
        yaml,
        environment,
        arguments,
        logLevels,
        validation,
        readyDeadline,
        delve);
  }

  /**
   * One environment variable more.
   *
   * @param variable its name
   * @param value its value
   * @return a copy
   */
  public IstiodSpec withEnvironment(String variable, String value) {
    return withEnvironment(plus(environment, variable, value));
  }

  /**
   * Other environment variables, in place of all that this specification has.
   *
   * @param variables name to value
   * @return a copy
   */
  public IstiodSpec withEnvironment(Map<String, String> variables) {
    return new IstiodSpec(
        name,
        revision,
        profile,
        meshConfig,
        variables,
        arguments,
        logLevels,
        validation,
        readyDeadline,
        delve);
  }

  /**
   * More flags.
   *
   * @param flags flags of {@code pilot-discovery discovery}, behind those that this specification
   *     has
   * @return a copy
   */
  public IstiodSpec withArguments(String... flags) {
    List<String> all = new ArrayList<>(arguments);
    all.addAll(List.of(flags));
    return new IstiodSpec(
        name,
        revision,
        profile,
        meshConfig,
        environment,
        all,
        logLevels,
        validation,
        readyDeadline,
        delve);
  }

  /**
   * The level of one more log scope.
   *
   * @param scope the scope, as {@code ads}; {@code default} for those that have no level of their
   *     own
   * @param level {@code debug}, {@code info}, {@code warn}, {@code error}, {@code fatal} or {@code
   *     none}
   * @return a copy
   */
  public IstiodSpec withLogLevel(String scope, String level) {
    return new IstiodSpec(
        name,
        revision,
        profile,
        meshConfig,
        environment,
        arguments,
        plus(logLevels, scope, level),
        validation,
        readyDeadline,
        delve);
  }

  /**
   * With or without the validation webhook.
   *
   * @param value whether it is registered
   * @return a copy
   */
  public IstiodSpec withValidation(boolean value) {
    return new IstiodSpec(
        name,
        revision,
        profile,
        meshConfig,
        environment,
        arguments,
        logLevels,
        value,
        readyDeadline,
        delve);
  }

  /**
   * Another time to get ready.
   *
   * @param value how long it may take
   * @return a copy
   */
  public IstiodSpec withReadyDeadline(Duration value) {
    return new IstiodSpec(
        name,
        revision,
        profile,
        meshConfig,
        environment,
        arguments,
        logLevels,
        validation,
        value,
        delve);
  }

  /**
   * Under Delve.
   *
   * @param launch how Delve is started
   * @return a copy
   */
  public IstiodSpec withDelve(DelveLaunch launch) {
    return new IstiodSpec(
        name,
        revision,
        profile,
        meshConfig,
        environment,
        arguments,
        logLevels,
        validation,
        readyDeadline,
        Optional.of(launch));
  }

  private static Map<String, String> plus(Map<String, String> map, String key, String value) {
    Map<String, String> all = new LinkedHashMap<>(map);
    all.put(key, value);
    return all;
  }

  private static void requireLabel(String what, String value) {
    if (!LABEL.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "the "
              + what
              + " of an istiod has lower case letters, digits and dashes, not \""
              + value
              + "\"");
    }
  }
}
