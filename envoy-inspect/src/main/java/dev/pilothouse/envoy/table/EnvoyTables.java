package dev.pilothouse.envoy.table;

import dev.pilothouse.envoy.ConfigSection;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigException;
import dev.pilothouse.envoy.Resource;
import dev.pilothouse.envoy.Resource.State;
import dev.pilothouse.envoy.ScopedRouteResource;
import dev.pilothouse.envoy.SecretResource;
import dev.pilothouse.envoy.admin.LogLevel;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The tables of a configuration: what {@code istioctl proxy-config} has a sub-command for, and a
 * search. Immutable and safe for use by several threads.
 *
 * <pre>{@code
 * EnvoyTables tables = EnvoyTables.of(config);
 * tables.table();                                        // everything
 * tables.clusters().fqdn("httpbin").table();
 * tables.inactive().table();                            // warming, draining, rejected, and why
 * tables.search("x-user").table();
 * }</pre>
 *
 * <p>Unlike istioctl, the tables have what is warming, draining or rejected too, told by a column
 * {@code STATE} which is only there when it has something to tell. A resource that cannot be read
 * fails with an {@link EnvoyConfigException}.
 *
 * <p>Checked against istioctl 1.31-dev: the same rows, and in its columns the same cells.
 *
 * @param config the configuration
 */
public record EnvoyTables(EnvoyConfig config) {
  private static final Set<State> INACTIVE =
      EnumSet.of(State.WARMING, State.DRAINING, State.REJECTED);

  /**
   * The tables of a configuration.
   *
   * @param config the configuration
   * @return its tables
   */
  public static EnvoyTables of(EnvoyConfig config) {
    return new EnvoyTables(config);
  }

  /**
   * The levels of an Envoy's loggers, as {@code istioctl proxy-config log} has them.
   *
   * @param levels as {@link dev.pilothouse.envoy.admin.EnvoyAdmin#logLevels()} gives them
   * @return one row for each logger
   */
  public static Table logLevels(Map<String, LogLevel> levels) {
    return new ListTable<>(
        "loggers",
        List.copyOf(new TreeMap<>(levels).entrySet()),
        List.of(
            new Column<>("LOGGER", Map.Entry::getKey),
            new Column<>("LEVEL", entry -> entry.getValue().envoyName())));
  }

  /**
   * The listeners and their filter chains.
   *
   * @return all of them; to be narrowed by its methods
   */
  public ListenerTable listeners() {
    return ListenerTable.of(config);
  }

  /**
   * The routes.
   *
   * @return all of them; to be narrowed by its methods
   */
  public RouteTable routes() {
    return RouteTable.of(config);
  }

  /**
   * The clusters.
   *
   * @return all of them; to be narrowed by its methods
   */
  public ClusterTable clusters() {
    return ClusterTable.of(config);
  }

  /**
   * The endpoints.
   *
   * @return all of them; to be narrowed by its methods
   */
  public EndpointTable endpoints() {
    return EndpointTable.of(config);
  }

  /**
   * The secrets, with what their certificates say.
   *
   * @return one row for each certificate, or for a secret without one
   */
  public ResourceTable<SecretResource> secrets() {
    return new PlainTable<>(
        "secrets", config.secrets(), any -> true, SecretRow::of, SecretRow.COLUMNS);
  }

  /**
   * The filters from ECDS.
   *
   * @return one row for each filter
   */
  public ResourceTable<Resource> ecds() {
    List<Column<Resource>> columns =
        List.of(
            new Column<>("ECDS NAME", Resource::name),
            new Column<>("TYPE", EnvoyTables::filterType),
            new Column<>("STATE", Texts::state),
            new Column<>("VERSION", Resource::version));
    List<Resource> filters =
        config.section(ConfigSection.ECDS_FILTERS).stream()
            .sorted(Comparator.comparing(EnvoyTables::filterType).thenComparing(Resource::name))
            .toList();
    return new PlainTable<>("filters", filters, any -> true, List::of, columns);
  }

  /**
   * The scopes of routes, which istioctl does not have: the key that a request must have, and the
   * routes that it leads to.
   *
   * @return one row for each scope
   */
  public ResourceTable<ScopedRouteResource> scopedRoutes() {
    List<Column<ScopedRouteResource>> columns =
        List.of(
            new Column<>("SCOPE", Resource::name),
            new Column<>("KEY", scope -> String.join(" | ", scope.key())),
            new Column<>("ROUTE", ScopedRouteResource::routeConfigName),
            new Column<>("ON DEMAND", scope -> scope.onDemand() ? "yes" : ""),
            new Column<>("STATE", Texts::state),
            new Column<>("VERSION", Resource::version));
    return new PlainTable<>("scopes", config.scopedRoutes(), any -> true, List::of, columns);
  }

  /**
   * Everything that is not in use: what is warming, draining or was rejected, with Envoy's reason.
   *
   * @return one row for each resource
   */
  public ResourceTable<Resource> inactive() {
    List<Column<Resource>> columns =
        List.of(
            new Column<>("SECTION", resource -> resource.section().fieldName()),
            new Column<>("NAME", Resource::name),
            new Column<>("STATE", Texts::state),
            new Column<>("VERSION", Resource::version),
            new Column<>("SINCE", EnvoyTables::since),
            new Column<>("REASON", Resource::reason));
    List<Resource> inactive =
        config.resources().stream().filter(each -> INACTIVE.contains(each.state())).toList();
    return new PlainTable<>("resources not in use", inactive, any -> true, List::of, columns);
  }

  /**
   * What Envoy was started with: versions, identity, control plane, static resources.
   *
   * @return one row for each item
   */
  public ResourceTable<Resource> bootstrap() {
    return new PlainTable<>(
        "bootstrap",
        config.section(ConfigSection.BOOTSTRAP),
        any -> true,
        resource -> BootstrapRows.of(new Fields(resource.raw())),
        BootstrapRows.COLUMNS);
  }

  /**
   * Looks for a text in all names and contents, in any case. Parts of the dump that this library
   * does not know are not looked through; {@link EnvoyConfig#unknown()} lists them.
   *
   * @param text the text; not empty
   * @return where it is
   * @throws EnvoyConfigException if a resource cannot be read
   */
  public SearchResult search(String text) {
    return Search.text(config, text);
  }

  /**
   * Looks for a regular expression in all names and contents.
   *
   * @param regex in Java's syntax; a part of a text matches
   * @return where it is
   * @throws java.util.regex.PatternSyntaxException if it is no regular expression
   * @throws EnvoyConfigException if a resource cannot be read
   */
  public SearchResult searchRegex(String regex) {
    return Search.regex(config, regex);
  }

  /**
   * All tables together, to be narrowed as {@code istioctl proxy-config all} can be.
   *
   * @return all of them; to be narrowed by its methods
   */
  public AllTables all() {
    return AllTables.of(this);
  }

  /**
   * All tables, as {@code istioctl proxy-config all} prints them, and what the source could not
   * deliver.
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
    return all().table(width);
  }

  /**
   * The whole configuration as JSON.
   *
   * @return as it was read, indented, private keys aside
   */
  public String json() {
    return Documents.json(config.raw());
  }

  /**
   * The whole configuration as YAML.
   *
   * @return as it was read, private keys aside
   */
  public String yaml() {
    return Documents.yaml(config.raw());
  }

  /** One line: what the configuration says of itself. */
  @Override
  public String toString() {
    return "EnvoyTables[" + config + "]";
  }

  private static String since(Resource resource) {
    Instant updated = resource.lastUpdated();
    return updated == null ? "" : updated.toString();
  }

  private static String filterType(Resource filter) {
    String type = new Fields(filter.raw()).object("typed_config").text("@type");
    return type.startsWith("type.googleapis.com/")
        ? type.substring("type.googleapis.com/".length())
        : type;
  }
}
