package dev.pilothouse.envoy.table;

import dev.pilothouse.envoy.ClusterName;
import dev.pilothouse.envoy.ClusterResource;
import dev.pilothouse.envoy.EnvoyConfig;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The clusters. Has the columns of {@code istioctl proxy-config cluster} and those that it leaves
 * out: {@code TLS}, what is spoken towards the endpoints, and to which of them; {@code LB}, how one
 * is chosen; {@code CIRCUIT BREAKERS} and {@code OUTLIER DETECTION}; {@code STATE} of clusters that
 * are warming. What Envoy rejected is not in its dump.
 *
 * <pre>{@code
 * EnvoyTables.of(config).clusters().fqdn("httpbin").subset("v1").table();
 * }</pre>
 *
 * @param config the configuration
 * @param fqdn a text that the service's host holds, or the name if it is none of istiod's making;
 *     empty for all
 * @param port the service's port; 0 for all
 * @param subset the subset; empty for all
 * @param direction {@code outbound}, {@code inbound} or {@code inbound-vip}; empty for all
 * @param wanted which clusters are chosen besides
 */
public record ClusterTable(
    EnvoyConfig config,
    String fqdn,
    int port,
    String subset,
    String direction,
    Predicate<? super ClusterResource> wanted)
    implements ResourceTable<ClusterResource> {

  /** By host, subset, port and direction, as istioctl sorts them. */
  static final Comparator<String> BY_NAME =
      Comparator.comparing((String name) -> part(name, ClusterName::host, name))
          .thenComparing(name -> part(name, ClusterName::subset, ""))
          .thenComparing(name -> part(name, ClusterName::port, 0))
          .thenComparing(name -> part(name, ClusterName::direction, ""));

  private static final List<Column<Row>> COLUMNS =
      List.of(
          new Column<>("SERVICE FQDN", row -> part(row.name(), ClusterName::host, row.name())),
          new Column<>("PORT", row -> part(row.name(), name -> "" + name.port(), "-")),
          new Column<>("SUBSET", row -> dash(part(row.name(), ClusterName::subset, ""))),
          new Column<>("DIRECTION", row -> part(row.name(), ClusterName::direction, "-")),
          new Column<>("TYPE", row -> row.resource.type()),
          new Column<>("STATE", row -> Texts.state(row.resource)),
          new Column<>("TLS", row -> TlsText.ofCluster(row.json)),
          new Column<>("LB", row -> ClusterText.loadBalancing(row.json)),
          new Column<>("CIRCUIT BREAKERS", row -> ClusterText.circuitBreakers(row.json)),
          new Column<>("OUTLIER DETECTION", row -> ClusterText.outlierDetection(row.json)),
          new Column<>("DESTINATION RULE", row -> Texts.owner(row.json, "DestinationRule")));

  private record Row(ClusterResource resource, Fields json) {
    String name() {
      return resource.name();
    }
  }

  static ClusterTable of(EnvoyConfig config) {
    return new ClusterTable(config, "", 0, "", "", any -> true);
  }

  /**
   * The same for some services.
   *
   * @param text what the host holds, as {@code httpbin}; empty for all
   * @return a new table
   */
  public ClusterTable fqdn(String text) {
    return new ClusterTable(config, text, port, subset, direction, wanted);
  }

  /**
   * The same for a port.
   *
   * @param wantedPort the service's port; 0 for all
   * @return a new table
   */
  public ClusterTable port(int wantedPort) {
    return new ClusterTable(config, fqdn, wantedPort, subset, direction, wanted);
  }

  /**
   * The same for a subset.
   *
   * @param wantedSubset the subset's whole name; empty for all
   * @return a new table
   */
  public ClusterTable subset(String wantedSubset) {
    return new ClusterTable(config, fqdn, port, wantedSubset, direction, wanted);
  }

  /**
   * The same for a direction.
   *
   * @param wantedDirection {@code outbound}, {@code inbound} or {@code inbound-vip}; empty for all
   * @return a new table
   */
  public ClusterTable direction(String wantedDirection) {
    return new ClusterTable(config, fqdn, port, subset, wantedDirection, wanted);
  }

  @Override
  public ClusterTable where(Predicate<? super ClusterResource> more) {
    return new ClusterTable(
        config, fqdn, port, subset, direction, each -> wanted.test(each) && more.test(each));
  }

  @Override
  public List<ClusterResource> resources() {
    return config.clusters().stream()
        .filter(wanted)
        .filter(cluster -> chooses(cluster.name()))
        .sorted(Comparator.comparing(ClusterResource::name, BY_NAME))
        .toList();
  }

  @Override
  public List<String> columns() {
    return Column.names(COLUMNS);
  }

  @Override
  public List<List<String>> rows() {
    List<Row> rows =
        resources().stream().map(each -> new Row(each, new Fields(each.raw()))).toList();
    return Column.rows(COLUMNS, rows);
  }

  /** One line: how many clusters are chosen. */
  @Override
  public String toString() {
    return "ClusterTable[" + resources().size() + " of " + config.clusters().size() + " clusters]";
  }

  private boolean chooses(String name) {
    return part(name, ClusterName::host, name).contains(fqdn)
        && (port == 0 || part(name, ClusterName::port, 0) == port)
        && (subset.isEmpty() || part(name, ClusterName::subset, "").equals(subset))
        && (direction.isEmpty() || part(name, ClusterName::direction, "").equals(direction));
  }

  private static String dash(String text) {
    return text.isEmpty() ? "-" : text;
  }

  private static <T> T part(String name, Function<ClusterName, T> part, T otherwise) {
    return ClusterName.parse(name).map(part).orElse(otherwise);
  }
}
