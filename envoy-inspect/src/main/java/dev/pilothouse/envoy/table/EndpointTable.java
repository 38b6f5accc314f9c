package dev.pilothouse.envoy.table;

import dev.pilothouse.envoy.ClusterName;
import dev.pilothouse.envoy.Endpoint;
import dev.pilothouse.envoy.EndpointStatus;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigException;
import dev.pilothouse.envoy.Resource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The endpoints of all clusters, one row for each: from EDS, from the clusters themselves, and from
 * {@code /clusters} where the source has it. Has the columns of {@code istioctl proxy-config
 * endpoint} and {@code eds}, and those that they leave out: {@code WEIGHT}, {@code PRIORITY},
 * {@code FAILED}, everything that speaks against an endpoint.
 *
 * <pre>{@code
 * EnvoyTables.of(config).endpoints().status("UNHEALTHY").table();
 * EnvoyTables.of(config).endpoints().where(e -> !e.healthy()).table();
 * }</pre>
 *
 * @param config the configuration
 * @param cluster the cluster's whole name, in any case; empty for all
 * @param address the endpoint's host, or host and port; empty for all
 * @param port the endpoint's port; 0 for all
 * @param status {@code HEALTHY}, {@code UNHEALTHY}, {@code DRAINING} …, in any case: what the
 *     control plane says; empty for all
 * @param wanted which endpoints are chosen besides
 */
public record EndpointTable(
    EnvoyConfig config,
    String cluster,
    String address,
    int port,
    String status,
    Predicate<? super Endpoint> wanted)
    implements Table {

  private static final List<Column<Endpoint>> COLUMNS =
      List.of(
          new Column<>("ENDPOINT", endpoint -> endpoint.address().toString()),
          new Column<>("HOSTNAME", EndpointTable::otherName),
          new Column<>("STATUS", EndpointTable::statusOf),
          new Column<>("OUTLIER CHECK", EndpointTable::outlierCheck),
          new Column<>("FAILED", EndpointTable::failed),
          new Column<>("LOCALITY", Endpoint::locality),
          new Column<>("WEIGHT", endpoint -> positive(endpoint.weight())),
          new Column<>("PRIORITY", endpoint -> positive(endpoint.priority())),
          new Column<>("CLUSTER", Endpoint::cluster));

  static EndpointTable of(EnvoyConfig config) {
    return new EndpointTable(config, "", "", 0, "", any -> true);
  }

  /**
   * The same for a cluster.
   *
   * @param name the cluster's whole name, in any case; empty for all
   * @return a new table
   */
  public EndpointTable cluster(String name) {
    return new EndpointTable(config, name, address, port, status, wanted);
  }

  /**
   * The same for an address.
   *
   * @param wantedAddress as {@code 10.1.0.1} or {@code 10.1.0.1:8080}; empty for all
   * @return a new table
   */
  public EndpointTable address(String wantedAddress) {
    return new EndpointTable(config, cluster, wantedAddress, port, status, wanted);
  }

  /**
   * The same for a port.
   *
   * @param wantedPort the endpoint's port; 0 for all
   * @return a new table
   */
  public EndpointTable port(int wantedPort) {
    return new EndpointTable(config, cluster, address, wantedPort, status, wanted);
  }

  /**
   * The same for a status.
   *
   * @param wantedStatus {@code HEALTHY}, {@code UNHEALTHY}, {@code DRAINING} …, in any case: what
   *     the control plane says; empty for all
   * @return a new table
   */
  public EndpointTable status(String wantedStatus) {
    return new EndpointTable(config, cluster, address, port, wantedStatus, wanted);
  }

  /**
   * The same for some endpoints, as {@code where(e -> !e.healthy())}.
   *
   * @param more which endpoints stay; beside those that the filters so far choose
   * @return a new table
   */
  public EndpointTable where(Predicate<? super Endpoint> more) {
    return new EndpointTable(
        config, cluster, address, port, status, each -> wanted.test(each) && more.test(each));
  }

  /**
   * The endpoints that its rows are of.
   *
   * @return in the order of the rows
   * @throws EnvoyConfigException if something in them has another type than it should
   */
  public List<Endpoint> endpoints() {
    List<Endpoint> all =
        cluster.isEmpty()
            ? config.hosts()
            : config.hosts().stream().filter(e -> e.cluster().equalsIgnoreCase(cluster)).toList();
    return all.stream()
        .filter(this::chooses)
        .sorted(Comparator.comparing(Endpoint::cluster, ClusterTable.BY_NAME))
        .toList();
  }

  /**
   * What holds the endpoints, whole, as JSON: the assignments from EDS, or else the clusters.
   *
   * @return an array, indented; each as it was read, private keys aside
   * @throws EnvoyConfigException if one cannot be read
   */
  public String json() {
    return Documents.json(holders());
  }

  /**
   * What holds the endpoints, whole, as YAML: the assignments from EDS, or else the clusters.
   *
   * @return a list; each as it was read, private keys aside
   * @throws EnvoyConfigException if one cannot be read
   */
  public String yaml() {
    return Documents.yaml(holders());
  }

  @Override
  public List<String> columns() {
    return Column.names(COLUMNS);
  }

  @Override
  public List<List<String>> rows() {
    return Column.rows(COLUMNS, endpoints());
  }

  /** One line: how many endpoints are chosen. */
  @Override
  public String toString() {
    return "EndpointTable[" + endpoints().size() + " endpoints]";
  }

  private List<Resource> holders() {
    Set<Resource> holders = new LinkedHashSet<>();
    for (Endpoint endpoint : endpoints()) {
      config
          .endpoint(endpoint.cluster())
          .<Resource>map(each -> each)
          .or(() -> config.cluster(endpoint.cluster()))
          .ifPresent(holders::add);
    }
    return new ArrayList<>(holders);
  }

  private boolean chooses(Endpoint endpoint) {
    return (address.isEmpty()
            || endpoint.address().host().equalsIgnoreCase(address)
            || endpoint.address().toString().equalsIgnoreCase(address))
        && (port == 0 || endpoint.address().port() == port)
        && (status.isEmpty() || statusOf(endpoint).equalsIgnoreCase(status))
        && wanted.test(endpoint);
  }

  /** istiod gives an endpoint of DNS its own name, which the address tells already. */
  private static String otherName(Endpoint endpoint) {
    String host =
        ClusterName.parse(endpoint.cluster()).map(ClusterName::host).orElse(endpoint.cluster());
    return endpoint.hostname().equals(host) ? "" : endpoint.hostname();
  }

  private static String statusOf(Endpoint endpoint) {
    return endpoint.status().map(EndpointStatus::edsHealth).orElse(endpoint.health()).name();
  }

  private static String outlierCheck(Endpoint endpoint) {
    return endpoint.status().map(each -> each.ejected() ? "FAILED" : "OK").orElse("");
  }

  private static String failed(Endpoint endpoint) {
    return endpoint
        .status()
        .map(
            each ->
                String.join(
                    ", ",
                    each.failures().stream()
                        .sorted()
                        .map(failure -> failure.name().toLowerCase(Locale.ROOT))
                        .toList()))
        .orElse("");
  }

  private static String positive(long number) {
    return number == 0 ? "" : "" + number;
  }
}
