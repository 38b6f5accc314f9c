package dev.pilothouse.envoy.diff;

import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigException;
import dev.pilothouse.envoy.Resource;
import dev.pilothouse.envoy.diff.Difference.Change;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What differs between two configurations, by meaning. Immutable and safe for use by several
 * threads.
 *
 * <pre>{@code
 * EnvoyDiff diff = EnvoyDiff.between(before, after);
 * diff.differences().forEach(d -> d.path());   // virtual_hosts[httpbin:80].routes[0].route.timeout
 * diff.table();
 *
 * EnvoyDiff.between(istiod, envoy, DiffOptions.controlPlaneAndEnvoy()).isEmpty();
 * }</pre>
 *
 * <p>These do not count: versions, times and states; the order of what Envoy keeps in no order, as
 * virtual hosts, domains, filter chains, clusters and endpoints; how a name, a number, a duration
 * or a default is written. The order does count where the first match wins, as for routes, and
 * where one acts after the other, as for filters. What is unknown to this library is compared as
 * JSON.
 *
 * <p>What is in use is compared. What warms beside an active one, drains or was rejected is left
 * out, and {@link #leftOut()} lists it.
 *
 * <p>What a dump holds twice, as the static resources of the bootstrap, is told once if it differs
 * in both places alike.
 *
 * <p>Checked against Envoy 1.40 and istiod 1.31-dev.
 */
public final class EnvoyDiff {
  private final EnvoyConfig before;
  private final EnvoyConfig after;
  private final List<Difference> differences;
  private final List<LeftOut> leftOut;

  private EnvoyDiff(
      EnvoyConfig before, EnvoyConfig after, List<Difference> differences, List<LeftOut> leftOut) {
    this.before = before;
    this.after = after;
    this.differences = List.copyOf(differences);
    this.leftOut = List.copyOf(leftOut);
  }

  /**
   * Compares two snapshots of one proxy.
   *
   * @param before the earlier one
   * @param after the later one
   * @return what differs
   * @throws EnvoyConfigException if a resource cannot be read
   */
  public static EnvoyDiff between(EnvoyConfig before, EnvoyConfig after) {
    return between(before, after, DiffOptions.oneProxy());
  }

  /**
   * Compares two configurations.
   *
   * @param before one
   * @param after the other
   * @param options what counts as a difference
   * @return what differs
   * @throws EnvoyConfigException if a resource cannot be read
   */
  public static EnvoyDiff between(EnvoyConfig before, EnvoyConfig after, DiffOptions options) {
    Sides sides = Identity.sides(before, after, options);
    Selection selection = new Selection(options, sides);
    Map<Selection.Key, List<Resource>> mine = selection.before(before);
    Map<Selection.Key, List<Resource>> others = selection.after(after);
    if (options.onlyWhatIsPushed()) {
      selection.keepWhatBothHave(mine, others, after);
    }
    List<LeftOut> leftOut = new ArrayList<>(selection.leftOut());
    List<Difference> found = new ArrayList<>();
    Stream.concat(mine.keySet().stream(), others.keySet().stream())
        .distinct()
        .sorted(Comparator.comparing(Selection.Key::kind).thenComparing(Selection.Key::name))
        .forEach(
            key -> {
              SameName same =
                  new SameName(
                      mine.getOrDefault(key, List.of()),
                      others.getOrDefault(key, List.of()),
                      sides);
              found.addAll(same.differences());
              leftOut.addAll(same.undecided());
            });
    return new EnvoyDiff(before, after, Echoes.removed(found), leftOut);
  }

  /**
   * Everything that differs.
   *
   * @return by kind and name of the resource, then in the order of the fields
   */
  public List<Difference> differences() {
    return differences;
  }

  /**
   * What differs in one resource.
   *
   * @param resource its name
   * @return its differences
   */
  public List<Difference> differences(String resource) {
    return differences.stream().filter(d -> d.resource().equals(resource)).toList();
  }

  /**
   * Whether both mean the same.
   *
   * @return true if nothing differs; see {@link #leftOut()} for what was not compared
   */
  public boolean isEmpty() {
    return differences.isEmpty();
  }

  /**
   * What was not compared.
   *
   * @return what is not in use, what only one side can have, what is redacted on one side
   */
  public List<LeftOut> leftOut() {
    return leftOut;
  }

  /**
   * Everything as a text for people: a block for each resource, a line for each difference.
   *
   * @return some lines; {@code +} came, {@code -} went, {@code ~} changed, {@code >} moved
   */
  public String table() {
    return DiffText.table(before, after, differences, leftOut);
  }

  /** One line: how much differs. */
  @Override
  public String toString() {
    if (isEmpty()) {
      return "EnvoyDiff[no differences]";
    }
    Collection<String> parts =
        Stream.of(Change.values())
            .map(change -> count(change))
            .filter(text -> !text.isEmpty())
            .collect(Collectors.toList());
    return "EnvoyDiff["
        + DiffText.count(differences.size())
        + ": "
        + String.join(", ", parts)
        + "]";
  }

  private String count(Change change) {
    long count = differences.stream().filter(d -> d.change() == change).count();
    return count == 0 ? "" : count + " " + change.name().toLowerCase(java.util.Locale.ROOT);
  }
}
