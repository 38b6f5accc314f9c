package dev.pilothouse.envoy.table;

import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.RouteResource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/**
 * The route configurations, one row for each route. Has the columns of {@code istioctl proxy-config
 * route} and those that it leaves out: {@code CONDITIONS}, what is matched beside the path; {@code
 * DESTINATION}, the clusters with their weights, a redirect or an answer; {@code POLICY}, timeouts,
 * retries, mirrors, rewrites, changes of headers. Routes to {@code PassthroughCluster} are here
 * too.
 *
 * <pre>{@code
 * EnvoyTables.of(config).routes().name("8000").table();
 * }</pre>
 *
 * <p>In {@code POLICY}, a header that is set is written {@code x-a="1"}, one that is added {@code
 * x-a+="1"}, one that is added only if absent {@code x-a?="1"}, one that is changed only if present
 * {@code x-a*="1"}, one that is removed {@code -x-a}. A query parameter in {@code CONDITIONS} has a
 * question mark before its name.
 *
 * @param config the configuration
 * @param name the route configuration's name; empty for all
 * @param domain a text that a domain of the virtual host holds; empty for all
 * @param full whether all domains are listed; else two at most, without ports and without the
 *     longer forms of a name, and how many more there are, as istioctl does
 * @param brief whether there is one row for each route configuration, with the number of its
 *     virtual hosts, in the place of its routes
 * @param wanted which route configurations are chosen besides
 */
public record RouteTable(
    EnvoyConfig config,
    String name,
    String domain,
    boolean full,
    boolean brief,
    Predicate<? super RouteResource> wanted)
    implements ResourceTable<RouteResource> {

  private static final String VIRTUAL_SERVICE = "VirtualService";
  private static final List<Column<RouteResource>> SUMMARY =
      List.of(
          new Column<>("NAME", RouteResource::name),
          new Column<>("STATE", Texts::state),
          new Column<>("VIRTUAL HOSTS", resource -> "" + hosts(resource).size()));
  private static final List<Column<Row>> COLUMNS =
      List.of(
          new Column<>("NAME", row -> row.resource.name()),
          new Column<>("STATE", row -> Texts.state(row.resource)),
          new Column<>("VHOST NAME", Row::virtualHost),
          new Column<>("DOMAINS", Row::domains),
          new Column<>("MATCH", row -> row.isEmpty() ? "/*" : PathText.path(row.match())),
          new Column<>("CONDITIONS", row -> PathText.conditions(row.match())),
          new Column<>("DESTINATION", row -> row.isEmpty() ? "404" : ActionText.of(row.route)),
          new Column<>(
              "POLICY",
              row ->
                  Texts.join(
                      List.of(row.isEmpty() ? "" : PolicyText.of(row.route), row.hostPolicy))),
          new Column<>("VIRTUAL SERVICE", row -> Texts.owner(row.route, VIRTUAL_SERVICE)));

  private record Row(
      RouteResource resource, String virtualHost, String domains, Fields route, String hostPolicy) {
    boolean isEmpty() {
      return route.isEmpty();
    }

    Fields match() {
      return route.object("match");
    }
  }

  static RouteTable of(EnvoyConfig config) {
    return new RouteTable(config, "", "", false, false, any -> true);
  }

  /**
   * The same for one route configuration.
   *
   * @param wantedName its name, as {@code 8000}; empty for all
   * @return a new table
   */
  public RouteTable name(String wantedName) {
    return new RouteTable(config, wantedName, domain, full, brief, wanted);
  }

  /**
   * The same for virtual hosts of a domain.
   *
   * @param text what one of the domains holds, as {@code httpbin}; empty for all
   * @return a new table
   */
  public RouteTable domain(String text) {
    return new RouteTable(config, name, text, full, brief, wanted);
  }

  /**
   * The same with all domains.
   *
   * @return a new table
   */
  public RouteTable withAllDomains() {
    return new RouteTable(config, name, domain, true, brief, wanted);
  }

  /**
   * The same with one row for each route configuration.
   *
   * @return a new table
   */
  public RouteTable summary() {
    return new RouteTable(config, name, domain, full, true, wanted);
  }

  @Override
  public RouteTable where(Predicate<? super RouteResource> more) {
    return new RouteTable(
        config, name, domain, full, brief, route -> wanted.test(route) && more.test(route));
  }

  @Override
  public List<RouteResource> resources() {
    return config.routeConfigurations().stream()
        .filter(route -> (name.isEmpty() || route.name().equals(name)) && wanted.test(route))
        .filter(route -> domain.isEmpty() || !rows(route).isEmpty())
        .sorted(Comparator.comparingLong(RouteTable::number))
        .toList();
  }

  @Override
  public List<String> columns() {
    return brief ? Column.names(SUMMARY) : Column.names(COLUMNS);
  }

  @Override
  public List<List<String>> rows() {
    if (brief) {
      return Column.rows(SUMMARY, resources());
    }
    List<Row> rows = new ArrayList<>();
    resources().forEach(resource -> rows.addAll(rows(resource)));
    return Column.rows(COLUMNS, rows);
  }

  /** One line: how many route configurations are chosen. */
  @Override
  public String toString() {
    int all = config.routeConfigurations().size();
    return "RouteTable[" + resources().size() + " of " + all + " route configurations]";
  }

  private List<Row> rows(RouteResource resource) {
    List<Row> rows = new ArrayList<>();
    for (Fields host : hosts(resource)) {
      List<String> domains = host.texts("domains");
      if (domain.isEmpty() || domains.stream().anyMatch(each -> each.contains(domain))) {
        String shown = full ? String.join(", ", domains) : Domains.shortened(domains);
        List<Fields> routes = host.objects("routes");
        if (routes.isEmpty()) {
          routes = host.has("matcher") ? List.of(matcher(host)) : List.of(Fields.none());
        }
        String policy = PolicyText.ofVirtualHost(host);
        routes.forEach(
            route -> rows.add(new Row(resource, host.text("name"), shown, route, policy)));
      }
    }
    return rows;
  }

  private static List<Fields> hosts(RouteResource resource) {
    return new Fields(resource.raw()).objects("virtual_hosts");
  }

  /** A matcher tree in the place of routes has no wording yet: it is shown as it is. */
  private static Fields matcher(Fields host) {
    Fields shown = new Fields(Fields.NODES.objectNode().set("matcher", host.raw("matcher")));
    return new Fields(Fields.NODES.objectNode().set("match", shown.node()));
  }

  /** Ports first, by number; the others stay as they are. */
  private static long number(RouteResource route) {
    String text = route.name();
    boolean isPort =
        !text.isEmpty() && text.length() <= 5 && text.chars().allMatch(Character::isDigit);
    return isPort ? Long.parseLong(text) : Long.MAX_VALUE;
  }
}
