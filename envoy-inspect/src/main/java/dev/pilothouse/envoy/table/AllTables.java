package dev.pilothouse.envoy.table;

import dev.pilothouse.envoy.Omission;
import java.util.List;

/**
 * All tables of a configuration in one text. Its filters are those of {@code istioctl proxy-config
 * all}: each narrows the tables that have it, and leaves the others as they are. Immutable.
 *
 * <pre>{@code
 * EnvoyTables.of(config).all().fqdn("httpbin").port(8000).name("8000").table();
 * }</pre>
 *
 * @param tables where those come from that have no filters
 * @param clusters the chosen clusters
 * @param listeners the chosen listeners
 * @param routes the chosen route configurations
 * @param endpoints the chosen endpoints
 */
public record AllTables(
    EnvoyTables tables,
    ClusterTable clusters,
    ListenerTable listeners,
    RouteTable routes,
    EndpointTable endpoints) {

  static AllTables of(EnvoyTables tables) {
    return new AllTables(
        tables, tables.clusters(), tables.listeners(), tables.routes(), tables.endpoints());
  }

  /**
   * The same for clusters of some services.
   *
   * @param text what the host holds, as {@code httpbin}; empty for all
   * @return new tables
   */
  public AllTables fqdn(String text) {
    return new AllTables(tables, clusters.fqdn(text), listeners, routes, endpoints);
  }

  /**
   * The same for clusters of a subset.
   *
   * @param wanted the subset's whole name; empty for all
   * @return new tables
   */
  public AllTables subset(String wanted) {
    return new AllTables(tables, clusters.subset(wanted), listeners, routes, endpoints);
  }

  /**
   * The same for clusters of a direction.
   *
   * @param wanted {@code outbound}, {@code inbound} or {@code inbound-vip}; empty for all
   * @return new tables
   */
  public AllTables direction(String wanted) {
    return new AllTables(tables, clusters.direction(wanted), listeners, routes, endpoints);
  }

  /**
   * The same for clusters, listeners and endpoints of a port.
   *
   * @param wanted the port; 0 for all
   * @return new tables
   */
  public AllTables port(int wanted) {
    return new AllTables(
        tables, clusters.port(wanted), listeners.port(wanted), routes, endpoints.port(wanted));
  }

  /**
   * The same for listeners and endpoints at an address.
   *
   * @param wanted as {@code 10.1.0.1}; empty for all
   * @return new tables
   */
  public AllTables address(String wanted) {
    return new AllTables(
        tables, clusters, listeners.address(wanted), routes, endpoints.address(wanted));
  }

  /**
   * The same for listeners of a type.
   *
   * @param wanted {@code HTTP}, {@code TCP}, {@code HTTP+TCP} or {@code UNKNOWN}, in any case;
   *     empty for all
   * @return new tables
   */
  public AllTables type(String wanted) {
    return new AllTables(tables, clusters, listeners.type(wanted), routes, endpoints);
  }

  /**
   * The same for one route configuration.
   *
   * @param wanted its name, as {@code 8000}; empty for all
   * @return new tables
   */
  public AllTables name(String wanted) {
    return new AllTables(tables, clusters, listeners, routes.name(wanted), endpoints);
  }

  /**
   * The same with one row for each listener and each route configuration, as istioctl has it
   * without {@code --verbose}.
   *
   * @return new tables
   */
  public AllTables summary() {
    return new AllTables(tables, clusters, listeners.summary(), routes.summary(), endpoints);
  }

  /**
   * All of them, and what the source could not deliver.
   *
   * @return lines, each ended by a line feed; a line a row, however long
   */
  public String table() {
    return table(Integer.MAX_VALUE);
  }

  /**
   * The same for a screen of some width.
   *
   * @param width see {@link Table#table(int)}
   * @return lines, each ended by a line feed
   */
  public String table(int width) {
    StringBuilder text = new StringBuilder();
    add(text, "BOOTSTRAP", tables.bootstrap(), width);
    if (!tables.inactive().resources().isEmpty()) {
      add(text, "NOT IN USE", tables.inactive(), width);
    }
    add(text, "CLUSTERS", clusters, width);
    add(text, "LISTENERS", listeners, width);
    add(text, "ROUTES", routes, width);
    if (!tables.scopedRoutes().resources().isEmpty()) {
      add(text, "SCOPED ROUTES", tables.scopedRoutes(), width);
    }
    add(text, "SECRETS", tables.secrets(), width);
    add(text, "ENDPOINTS", endpoints, width);
    add(text, "ECDS", tables.ecds(), width);
    List<Omission> omissions = tables.config().omissions();
    if (!omissions.isEmpty()) {
      add(text, "NOT DELIVERED BY THE SOURCE", undelivered(omissions), width);
    }
    return text.toString();
  }

  /** One line: what the configuration says of itself. */
  @Override
  public String toString() {
    return "AllTables[" + tables.config() + "]";
  }

  private static Table undelivered(List<Omission> omissions) {
    return new ListTable<>(
        "omissions",
        omissions,
        List.of(new Column<>("PART", Omission::part), new Column<>("REASON", Omission::reason)));
  }

  private static void add(StringBuilder text, String heading, Table table, int width) {
    text.append(text.isEmpty() ? "" : "\n").append(heading).append('\n');
    text.append(table.rows().isEmpty() ? "(none)\n" : table.table(width));
  }
}
