package dev.pilothouse.envoy.diff;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What counts as a difference.
 *
 * @param originCounts whether a static resource and a dynamic one of the same name are two
 *     different ones
 * @param identityCounts whether it counts who the proxy is: its node, its own addresses, its admin
 *     interface
 * @param onlyWhatIsPushed whether only what a control plane pushes is compared, and only the types
 *     that both sides have
 * @param same texts before and the texts after that mean the same
 * @param ignoredFields full names of protobuf fields that do not count
 */
public record DiffOptions(
    boolean originCounts,
    boolean identityCounts,
    boolean onlyWhatIsPushed,
    Map<String, String> same,
    Set<String> ignoredFields) {
  /** Copies the collections. */
  public DiffOptions {
    same = Map.copyOf(same);
    ignoredFields = Set.copyOf(ignoredFields);
  }

  /**
   * Two snapshots of one proxy: everything counts.
   *
   * @return the options
   */
  public static DiffOptions oneProxy() {
    return new DiffOptions(true, true, false, Map.of(), Set.of());
  }

  /**
   * Two different proxies. Who they are does not count: the bootstrap's node and admin interface,
   * and wherever they stand, each one's own id and addresses, as its bootstrap tells them. See
   * {@link #withSame} for more of that kind.
   *
   * @return the options
   */
  public static DiffOptions twoProxies() {
    return new DiffOptions(true, false, false, Map.of(), Set.of());
  }

  /**
   * What a control plane has (before) against what Envoy has (after), as istiod's {@code
   * /debug/config_dump?include_eds=true} against Envoy's {@code /config_dump?include_eds}. What
   * only Envoy can have is left out, and {@link EnvoyDiff#leftOut()} says so.
   *
   * @return the options
   */
  public static DiffOptions controlPlaneAndEnvoy() {
    return new DiffOptions(true, true, true, Map.of(), Set.of());
  }

  /**
   * The same, but a static resource is the same as a dynamic one of its name.
   *
   * @return new options
   */
  public DiffOptions mergingOrigins() {
    return new DiffOptions(false, identityCounts, onlyWhatIsPushed, same, ignoredFields);
  }

  /**
   * The same with two texts that mean the same, as addresses of two pods. They are replaced as
   * whole words wherever they stand, in names too.
   *
   * @param before the text before
   * @param after the text after
   * @return new options
   */
  public DiffOptions withSame(String before, String after) {
    Map<String, String> more = new TreeMap<>(same);
    more.put(before, after);
    return new DiffOptions(originCounts, identityCounts, onlyWhatIsPushed, more, ignoredFields);
  }

  /**
   * The same without some fields.
   *
   * @param fields full names, as {@code envoy.config.listener.v3.Listener.address}
   * @return new options
   */
  public DiffOptions ignoring(String... fields) {
    Set<String> more = new TreeSet<>(ignoredFields);
    more.addAll(Set.of(fields));
    return new DiffOptions(originCounts, identityCounts, onlyWhatIsPushed, same, more);
  }
}
