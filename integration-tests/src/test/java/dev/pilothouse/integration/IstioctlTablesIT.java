package dev.pilothouse.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.pilothouse.envoy.AdminEndpoint;
import dev.pilothouse.envoy.ConfigSource;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigInspector;
import dev.pilothouse.envoy.ReadLimits;
import dev.pilothouse.envoy.Resource;
import dev.pilothouse.envoy.SecretResource;
import dev.pilothouse.envoy.table.EndpointTable;
import dev.pilothouse.envoy.table.EnvoyTables;
import dev.pilothouse.envoy.table.ResourceTable;
import dev.pilothouse.envoy.table.Table;
import dev.pilothouse.istiod.IstiodSpec;
import dev.pilothouse.istiod.MeshProfile;
import dev.pilothouse.workload.WorkloadSpec;
import dev.pilothouse.workload.WorkloadSpec.Security;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The tables beside those of the real istioctl, on the recorded dumps and on one of a mesh with
 * mutual TLS: the same rows, and the same cells in istioctl's columns.
 */
class IstioctlTablesIT {
  private static final Path RECORDED = Path.of("../envoy-inspect/src/test/resources/dumps");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SUBSET = "outbound|8000|v1|httpbin.default.svc.cluster.local";

  private static final String ROUTING =
      """
      apiVersion: networking.istio.io/v1
      kind: Gateway
      metadata: {name: edge, namespace: istio-system}
      spec:
        selector: {istio: edge}
        servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: [example.com]}]
      ---
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: httpbin, namespace: default}
      spec:
        hosts: [httpbin, example.com]
        gateways: [mesh, istio-system/edge]
        http:
        - match: [{uri: {exact: /old}, headers: {x-user: {exact: jane}}}]
          redirect: {uri: /new}
        - route: [{destination: {host: httpbin, port: {number: 8000}}}]
      ---
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: httpbin, namespace: default}
      spec:
        host: httpbin
        subsets: [{name: v1, labels: {version: v1}}]
      """;

  @RegisterExtension
  static final MeshFixture MESH =
      MeshFixture.of(IstiodSpec.defaults().withProfile(MeshProfile.UPSTREAM_ENVOY_MTLS))
          .withWorkloads(
              WorkloadSpec.client("client").withSecurity(Security.MUTUAL_TLS),
              WorkloadSpec.http("httpbin", 8000).withSecurity(Security.MUTUAL_TLS),
              WorkloadSpec.gateway("edge", 80).withSecurity(Security.MUTUAL_TLS));

  @TempDir static Path folder;

  private static List<Path> dumps;
  private static List<Pair> clusters;

  /** A dump, and what the same Envoy said of its clusters. */
  private record Pair(Path dump, Path clusters) {}

  @BeforeAll
  static void record() throws IOException {
    dumps = new ArrayList<>();
    clusters = new ArrayList<>();
    MESH.apply(ROUTING);
    awaitRoute("client", "httpbin.default.svc.cluster.local:8000");
    awaitRoute("httpbin", "httpbin.default.svc.cluster.local:8000");
    awaitRoute("edge", "example.com:80");
    for (String name : List.of("client", "httpbin", "edge")) {
      URI admin = MESH.workload(name).proxy().admin();
      Path dump = record(admin, "/config_dump?include_eds", name + ".json");
      dumps.add(dump);
      clusters.add(new Pair(dump, record(admin, "/clusters?format=json", name + "-now.json")));
    }
    clusters.add(
        new Pair(RECORDED.resolve("accepted.json"), RECORDED.resolve("clusters-status.json")));
    for (String name :
        List.of(
            "accepted.json",
            "warming-and-rejected.json",
            "discovered.json",
            "istio-sidecar.json",
            "istiod-debug.json")) {
      dumps.add(RECORDED.resolve(name));
    }
  }

  static Stream<Pair> clusters() {
    return clusters.stream();
  }

  static Stream<Path> dumps() {
    return dumps.stream();
  }

  @ParameterizedTest
  @MethodSource("dumps")
  void clusters(Path dump) {
    Istioctl istioctl = new Istioctl(dump);
    var clusters = tables(dump).clusters().where(IstioctlTablesIT::active);

    assertSame(istioctl.rows("cluster"), clusters);
    assertSame(istioctl.rows("cluster", "--fqdn", "httpbin"), clusters.fqdn("httpbin"));
    assertSame(istioctl.rows("cluster", "--port", "8000"), clusters.port(8000));
    assertSame(istioctl.rows("cluster", "--subset", "v1"), clusters.subset("v1"));
    assertSame(
        istioctl.rows("cluster", "--direction", "outbound", "--port", "8000"),
        clusters.direction("outbound").port(8000));
    assertSameNames(istioctl.print("cluster", "-o", "json"), clusters, "name");
  }

  @ParameterizedTest
  @MethodSource("dumps")
  void listeners(Path dump) {
    Istioctl istioctl = new Istioctl(dump);
    var listeners = tables(dump).listeners().where(IstioctlTablesIT::active);
    // istioctl says of what istiod drops no more than what it is not, and nothing of scopes.
    UnaryOperator<String> less =
        cell ->
            cell.equals("BlackHoleCluster")
                ? "Non-HTTP/Non-TCP"
                : cell.startsWith("Scoped routes: ") ? "HTTP" : cell;

    assertSame(istioctl.rows("listener"), listeners, "DESTINATION", less);
    assertSame(istioctl.rows("listener", "--verbose=false"), listeners.summary());
    assertSame(
        istioctl.rows("listener", "--port", "8000"), listeners.port(8000), "DESTINATION", less);
    assertSame(
        istioctl.rows("listener", "--type", "http"), listeners.type("http"), "DESTINATION", less);
    assertSame(
        istioctl.rows("listener", "--address", "127.0.0.1"),
        listeners.address("127.0.0.1"),
        "DESTINATION",
        less);
    assertSameNames(istioctl.print("listener", "-o", "json"), listeners, "name");
  }

  @ParameterizedTest
  @MethodSource("dumps")
  void routes(Path dump) {
    Istioctl istioctl = new Istioctl(dump);
    EnvoyTables tables = tables(dump);

    assertSame(istioctl.rows("route"), withoutPassthrough(tables.routes()));
    assertSame(
        istioctl.rows("route", "--name", "8000"), withoutPassthrough(tables.routes().name("8000")));
    assertSameNames(istioctl.print("route", "-o", "json"), tables.routes(), "name");
  }

  @ParameterizedTest
  @MethodSource("dumps")
  void endpoints(Path dump) {
    Istioctl istioctl = new Istioctl(dump);
    EnvoyConfig config = tables(dump).config();
    // istioctl does not know those that a cluster holds itself.
    EndpointTable endpoints =
        EnvoyTables.of(config)
            .endpoints()
            .where(each -> config.endpoint(each.cluster()).isPresent());

    assertSame(renamed(istioctl.rows("eds")), endpoints);
    assertSame(
        renamed(istioctl.rows("eds", "--status", "unhealthy")), endpoints.status("unhealthy"));
    assertSame(renamed(istioctl.rows("eds", "--port", "8080")), endpoints.port(8080));
    assertSame(
        renamed(istioctl.rows("eds", "--address", "10.1.0.1:8080")),
        endpoints.address("10.1.0.1:8080"));
  }

  @ParameterizedTest
  @MethodSource("clusters")
  void endpointsThatEnvoyBalancesOver(Pair pair) {
    Istioctl istioctl = new Istioctl(pair.clusters);
    EnvoyConfig config =
        EnvoyConfigInspector.create().read(ConfigSource.files(pair.dump, pair.clusters));
    EndpointTable endpoints = EnvoyTables.of(config).endpoints();

    assertSame(
        inOurForm(istioctl.rows("endpoint")), endpoints.where(each -> each.status().isPresent()));
    assertSame(
        inOurForm(istioctl.rows("endpoint", "--status", "unhealthy")),
        endpoints.status("unhealthy"));
    assertSame(
        inOurForm(istioctl.rows("endpoint", "--address", "10.1.0.1")),
        endpoints.address("10.1.0.1"));
  }

  @ParameterizedTest
  @MethodSource("dumps")
  void secrets(Path dump) {
    ResourceTable<SecretResource> secrets =
        tables(dump).secrets().where(each -> each.origin() == Resource.Origin.DYNAMIC);
    List<Map<String, String>> istioctl = new Istioctl(dump).rows("secret");

    assertSame(
        istioctl.stream().map(row -> only(row, "RESOURCE NAME", "STATUS")).toList(),
        firstOfEach(secrets, any -> true));
    // istioctl reads certificates that are given as bytes, not those that are given as text.
    List<String> read =
        istioctl.stream()
            .filter(row -> !row.getOrDefault("SERIAL NUMBER", "").isEmpty())
            .map(row -> row.get("RESOURCE NAME"))
            .toList();
    assertSame(
        istioctl.stream().filter(row -> read.contains(row.get("RESOURCE NAME"))).toList(),
        firstOfEach(secrets, read::contains));
  }

  /** istioctl has the first certificate of each secret. */
  private static Table firstOfEach(ResourceTable<?> secrets, Predicate<String> wanted) {
    Set<String> seen = new HashSet<>();
    return rows(
        secrets.columns(),
        secrets.rows().stream()
            .filter(row -> wanted.test(row.get(0)) && seen.add(row.get(0)))
            .toList());
  }

  private static Map<String, String> only(Map<String, String> row, String... columns) {
    Map<String, String> some = new LinkedHashMap<>(row);
    some.keySet().retainAll(List.of(columns));
    return some;
  }

  @ParameterizedTest
  @MethodSource("dumps")
  void bootstrap(Path dump) {
    List<List<String>> ours = tables(dump).bootstrap().rows();

    new Istioctl(dump)
        .print("bootstrap", "-o", "short")
        .lines()
        .map(line -> line.split(": +", 2))
        .filter(item -> !item[1].equals("0.0.0")) // that is how it says that it does not know
        .forEach(item -> assertThat(ours).contains(List.of(item)));
  }

  @ParameterizedTest
  @MethodSource("dumps")
  void extensions(Path dump) {
    assertSame(new Istioctl(dump).rows("ecds"), tables(dump).ecds());
  }

  private static void awaitRoute(String workload, String host) {
    EnvoyConfigInspector.create()
        .await(
            MESH.workload(workload).proxy().config(),
            config ->
                config.routeConfigurations().stream()
                        .flatMap(each -> each.virtualHost(host).stream())
                        .anyMatch(each -> each.routes().size() == 2)
                    && config.cluster(SUBSET).filter(IstioctlTablesIT::active).isPresent(),
            Duration.ofMinutes(1));
  }

  private static Path record(URI admin, String query, String name) throws IOException {
    String answer = AdminEndpoint.at(admin).get(query, ReadLimits.DEFAULT).ok().text();
    return Files.writeString(folder.resolve(name), answer);
  }

  private static EnvoyTables tables(Path dump) {
    EnvoyConfig config = EnvoyConfigInspector.create().read(ConfigSource.file(dump));
    return EnvoyTables.of(config);
  }

  private static boolean active(Resource resource) {
    return resource.state() == Resource.State.ACTIVE;
  }

  private static List<Map<String, String>> inOurForm(List<Map<String, String>> rows) {
    rows.forEach(row -> row.computeIfPresent("ENDPOINT", (column, name) -> address(name)));
    return rows;
  }

  /** istioctl has another name for the first column of endpoints from EDS, and for paths. */
  private static List<Map<String, String>> renamed(List<Map<String, String>> rows) {
    rows.forEach(
        row -> {
          String name = row.remove("NAME");
          row.put("ENDPOINT", address(name));
        });
    return rows;
  }

  private static String address(String name) {
    if (!name.matches(".*:\\d+")) {
      return "unix:" + name.replaceFirst("^unix://", "");
    }
    return name.startsWith("::") ? name.replaceFirst("(.*):(\\d+)$", "[$1]:$2") : name;
  }

  /** istioctl leaves routes to PassthroughCluster out. */
  private static Table withoutPassthrough(Table table) {
    int destination = table.columns().indexOf("DESTINATION");
    List<List<String>> rows =
        table.rows().stream()
            .filter(row -> !row.get(destination).equals("PassthroughCluster"))
            .map(row -> notFound(table, row))
            .toList();
    return rows(table.columns(), rows);
  }

  private static Table rows(List<String> columns, List<List<String>> rows) {
    return new Table() {
      @Override
      public List<String> columns() {
        return columns;
      }

      @Override
      public List<List<String>> rows() {
        return rows;
      }
    };
  }

  /** istioctl says in the column of owners that a virtual host has no routes. */
  private static List<String> notFound(Table table, List<String> row) {
    List<String> changed = new ArrayList<>(row);
    if (row.get(table.columns().indexOf("DESTINATION")).equals("404")) {
      changed.set(table.columns().indexOf("VIRTUAL SERVICE"), "404");
    }
    return changed;
  }

  private static void assertSame(List<Map<String, String>> istioctl, Table ours) {
    assertSame(istioctl, ours, "", UnaryOperator.identity());
  }

  private static void assertSame(
      List<Map<String, String>> istioctl, Table ours, String column, UnaryOperator<String> reword) {
    List<Map<String, String>> same = new ArrayList<>();
    List<String> names = istioctl.isEmpty() ? List.of() : List.copyOf(istioctl.get(0).keySet());
    assertThat(ours.columns()).containsAll(names);
    for (List<String> row : ours.rows()) {
      Map<String, String> cells = new LinkedHashMap<>();
      for (String name : names) {
        String cell = row.get(ours.columns().indexOf(name));
        cells.put(name, name.equals(column) ? reword.apply(cell) : cell);
      }
      same.add(cells);
    }
    assertThat(same).containsExactlyInAnyOrderElementsOf(istioctl);
  }

  private static void assertSameNames(String istioctl, ResourceTable<?> ours, String field) {
    assertThat(names(ours.json(), field))
        .containsExactlyInAnyOrderElementsOf(names(istioctl, field));
  }

  private static List<String> names(String json, String field) {
    if (json.isEmpty()) {
      return List.of();
    }
    try {
      List<String> names = new ArrayList<>();
      for (JsonNode each : JSON.readTree(json)) {
        names.add(each.path(field).asText());
      }
      return names;
    } catch (IOException e) {
      throw new AssertionError(json, e);
    }
  }
}
