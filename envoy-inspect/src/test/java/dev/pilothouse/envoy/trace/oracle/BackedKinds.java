package dev.pilothouse.envoy.trace.oracle;

import static dev.pilothouse.envoy.trace.oracle.Json.json;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** What happens on the way to a server, and which of them is taken. */
final class BackedKinds {
  /** Clusters shadow1 and so on, with a server each. */
  static final int SHADOWS = 3;

  private static final AtomicInteger NEXT = new AtomicInteger();

  /** How the routes of a scenario are made. */
  interface Setup {
    /** The fields of a route, without its name and match. */
    String route(Dice dice, List<String> clusters);

    /** Further fields of the virtual host, with a comma at the end. */
    default String host(Dice dice) {
      return "";
    }

    /** Further fields of the route configuration, with a comma at the end. */
    default String table(Dice dice) {
      return "";
    }

    /** Adds to a request. */
    default void spice(Dice dice, Draft draft) {}
  }

  private record Backed(String name, Setup setup) implements Kind {
    @Override
    public Scenario scenario(Dice dice, int count) {
      List<Piece> pieces = new ArrayList<>();
      List<String> routes = new ArrayList<>();
      List<String> clusters = new ArrayList<>();
      for (int i = 2 + dice.below(3); i >= 0; i--) {
        Piece piece = dice.of(PathKinds.prefix(dice), PathKinds.exact(dice));
        String own = setup.route(dice, clusters);
        routes.add(json("{'name': 'r%d', 'match': %s, %s}", pieces.size(), piece.match(), own));
        pieces.add(piece);
      }
      List<Pair> pairs = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        int target = dice.below(pieces.size());
        Draft draft = new Draft();
        setup.spice(dice, draft);
        draft.header(Backend.ID, "i" + NEXT.incrementAndGet());
        pieces.get(target).satisfy().accept(draft);
        boolean spoiled = dice.chance(RouteKind.SPOILED);
        if (spoiled) {
          dice.of(pieces.get(target).spoil()).accept(draft);
        }
        pairs.add(new Pair(RouteKind.connection(), draft.request(), "r" + target, spoiled));
      }
      String table =
          json(
              "{%s'name': 'table', 'response_headers_to_add': [%s, %s], 'virtual_hosts': [{%s%s,"
                  + " 'domains': ['*'], 'routes': %s}]}",
              setup.table(dice),
              header("x-route", "%ROUTE_NAME%"),
              header("x-cluster", "%UPSTREAM_CLUSTER%"),
              setup.host(dice),
              Json.named("all"),
              Json.list(routes));
      return Scenario.backed(name, Json.http(table, ""), clusters, pairs);
    }
  }

  private BackedKinds() {}

  static List<Kind> all() {
    return List.of(
        new Backed("subsets of endpoints", new SubsetSetup()),
        new Backed("priorities of endpoints", BackedKinds::prioritised),
        new Backed("mirrors", new MirrorSetup()),
        new Backed("retries", new RetrySetup()),
        new Backed("timeouts", new TimeoutSetup()),
        new Backed("header changes", new HeaderSetup(false)),
        new Backed("header changes, most specific wins", new HeaderSetup(true)));
  }

  static String header(String name, String value) {
    return json("{'header': {'key': '%s', 'value': '%s'}}", name, value);
  }

  /** A name that no other scenario has. */
  static String fresh(String name) {
    return name + NEXT.incrementAndGet();
  }

  static String cluster(String name, String more, String localities) {
    return json(
        "{'name': '%s', 'connect_timeout': '1s'%s, 'load_assignment': {'cluster_name': '%s',"
            + " 'endpoints': [%s]}}",
        name, more, name, localities);
  }

  static String endpoint(int server, String more) {
    return json(
        "{'endpoint': {'address': {'socket_address': {'address': '127.0.0.1', 'port_value':"
            + " @PORT%d@}}}%s}",
        server, more);
  }

  /** A cluster of one server. */
  static String single(List<String> clusters, int server) {
    String name = fresh("one");
    clusters.add(cluster(name, "", json("{'lb_endpoints': [%s]}", endpoint(server, ""))));
    return name;
  }

  private static String prioritised(Dice dice, List<String> clusters) {
    List<String> localities = new ArrayList<>();
    int server = 0;
    for (int priority = 0; priority <= 1 + dice.below(2); priority++) {
      List<String> endpoints = new ArrayList<>();
      for (int i = dice.below(2); i >= 0; i--) {
        endpoints.add(
            endpoint(
                server++,
                json(
                    ", 'health_status': '%s', 'load_balancing_weight': %d",
                    dice.of("UNKNOWN", "HEALTHY", "UNHEALTHY", "DRAINING", "DEGRADED"),
                    1 + dice.below(5))));
      }
      localities.add(
          json(
              "{'priority': %d, 'locality': {'region': 'r%d'}, 'lb_endpoints': %s}",
              priority, dice.below(2), Json.list(endpoints)));
    }
    String name = fresh("prioritised");
    clusters.add(cluster(name, "", String.join(",", localities)));
    return json("'route': {'cluster': '%s'}", name);
  }

  /** Endpoints with metadata, and routes that ask for some. */
  private static final class SubsetSetup implements Setup {
    private static String wanted(Dice dice) {
      return json(
          "{'filter_metadata': {'envoy.lb': {%s}}}",
          dice.of(
              json("'version': 'v1'"),
              json("'version': 'v2'"),
              json("'version': 'v3'"),
              json("'stage': 'prod'"),
              json("'version': 'v1', 'stage': 'prod'"),
              json("'version': 'v2', 'stage': 'test'"),
              json("'version': 'v1', 'other': 'x'"),
              ""));
    }

    @Override
    public String route(Dice dice, List<String> clusters) {
      String one = cluster(dice, clusters);
      String match = dice.chance(0.8) ? json(", 'metadata_match': %s", wanted(dice)) : "";
      if (dice.chance(0.5)) {
        return json("'route': {'cluster': '%s'%s}", one, match);
      }
      return json(
          "'route': {'weighted_clusters': {'clusters': [{'name': '%s', 'weight': 1,"
              + " 'metadata_match': %s}, {'name': '%s', 'weight': %d}]}%s}",
          one, wanted(dice), cluster(dice, clusters), dice.below(3), match);
    }

    private static String cluster(Dice dice, List<String> clusters) {
      List<String> endpoints = new ArrayList<>();
      for (String[] labels :
          List.of(
              new String[] {"v1", "prod"},
              new String[] {"v1", "test"},
              new String[] {"v2", "prod"},
              new String[] {"v2", ""},
              new String[] {"", ""})) {
        List<String> metadata = new ArrayList<>();
        if (!labels[0].isEmpty()) {
          metadata.add(json("'version': '%s'", labels[0]));
        }
        if (!labels[1].isEmpty()) {
          metadata.add(json("'stage': '%s'", labels[1]));
        }
        endpoints.add(
            endpoint(
                endpoints.size(),
                json(
                    ", 'metadata': {'filter_metadata': {'envoy.lb': {%s}}}",
                    String.join(",", metadata))));
      }
      List<String> selectors =
          new ArrayList<>(
              dice.some(
                  List.of(
                      json("{'keys': ['version']%s}", fallback(dice)),
                      json("{'keys': ['stage']%s}", fallback(dice)),
                      json(
                          "{'keys': ['stage', 'version']%s}",
                          dice.of(
                              fallback(dice),
                              json(
                                  ", 'fallback_policy': 'KEYS_SUBSET',"
                                      + " 'fallback_keys_subset': ['version']")))),
                  1 + dice.below(3)));
      String name = fresh("subsets");
      clusters.add(
          BackedKinds.cluster(
              name,
              json(
                  ", 'lb_subset_config': {'fallback_policy': '%s', 'subset_selectors': %s%s}",
                  dice.of("NO_FALLBACK", "ANY_ENDPOINT", "DEFAULT_SUBSET"),
                  Json.list(selectors),
                  dice.of("", json(", 'default_subset': {'stage': 'prod'}"))),
              json("{'lb_endpoints': %s}", Json.list(endpoints))));
      return name;
    }

    private static String fallback(Dice dice) {
      return dice.of(
          "",
          json(", 'fallback_policy': 'NO_FALLBACK'"),
          json(", 'fallback_policy': 'ANY_ENDPOINT'"),
          json(", 'fallback_policy': 'DEFAULT_SUBSET'"));
    }
  }

  /** Copies to other servers, told of at any level. */
  private static final class MirrorSetup implements Setup {
    private static String policies(Dice dice) {
      List<String> policies = new ArrayList<>();
      for (String shadow : dice.some(List.of("shadow1", "shadow2", "shadow3"), 1 + dice.below(2))) {
        policies.add(
            json(
                "{'cluster': '%s'%s}",
                shadow,
                dice.of(
                    "",
                    json(", 'runtime_fraction': {'default_value': {'numerator': 0}}"),
                    json(", 'runtime_fraction': {'default_value': {'numerator': 100}}"),
                    json(", 'runtime_fraction': {'default_value': {'numerator': 50}}"))));
      }
      return json("'request_mirror_policies': %s", Json.list(policies));
    }

    @Override
    public String route(Dice dice, List<String> clusters) {
      String own = dice.chance(0.6) ? ", " + policies(dice) : "";
      return json("'route': {'cluster': '%s'%s}", single(clusters, 0), own);
    }

    @Override
    public String host(Dice dice) {
      return dice.chance(0.5) ? policies(dice) + ", " : "";
    }

    @Override
    public String table(Dice dice) {
      return dice.chance(0.5) ? policies(dice) + ", " : "";
    }
  }

  /** The server fails as the request asks, and each attempt is counted. */
  private static final class RetrySetup implements Setup {
    static String policy(Dice dice) {
      return json(
          "'retry_policy': {'retry_on': '%s'%s%s, 'retriable_status_codes': [500],"
              + " 'retry_back_off': {'base_interval': '0.001s'}}",
          dice.of(
              "5xx",
              "gateway-error",
              "retriable-status-codes",
              "reset,5xx",
              "connect-failure",
              "retriable-4xx",
              ""),
          dice.of("", json(", 'num_retries': %d", dice.below(4))),
          dice.of("", json(", 'per_try_timeout': '%ds'", 33 + dice.below(5))));
    }

    @Override
    public String route(Dice dice, List<String> clusters) {
      String own = dice.chance(0.7) ? ", " + policy(dice) : "";
      return json("'route': {'cluster': '%s'%s}", single(clusters, 0), own);
    }

    @Override
    public String host(Dice dice) {
      return dice.chance(0.5) ? policy(dice) + ", " : "";
    }

    @Override
    public void spice(Dice dice, Draft draft) {
      draft.header(Backend.STATUS, dice.of("200", "500", "503", "409", "404", "502"));
      if (dice.chance(0.1)) {
        draft.header("x-envoy-retry-on", "5xx").header("x-envoy-max-retries", "3");
      }
    }
  }

  /** Envoy tells the server how long it waits. */
  private static final class TimeoutSetup implements Setup {
    @Override
    public String route(Dice dice, List<String> clusters) {
      String timeout = dice.of("", "", "0s", "62s", "30s", "61.500s", "60.900s");
      return json(
          "'route': {'cluster': '%s'%s%s}",
          single(clusters, 0),
          timeout.isEmpty() ? "" : json(", 'timeout': '%s'", timeout),
          dice.chance(0.4) ? ", " + RetrySetup.policy(dice) : "");
    }

    @Override
    public String host(Dice dice) {
      return dice.chance(0.3) ? RetrySetup.policy(dice) + ", " : "";
    }

    @Override
    public void spice(Dice dice, Draft draft) {
      if (dice.chance(0.1)) {
        draft.header("x-envoy-upstream-rq-timeout-ms", "54321");
      }
    }
  }

  /** Headers of requests and responses that are changed at any level. */
  private record HeaderSetup(boolean mostSpecificWins) implements Setup {
    private static final List<String> NAMES = List.of("x-h1", "X-H2", "x-h3");

    private static String changes(Dice dice, String level) {
      List<String> changes = new ArrayList<>();
      for (String message : List.of("request", "response")) {
        List<String> adds = new ArrayList<>();
        for (String name : dice.some(NAMES, dice.below(3))) {
          adds.add(
              json(
                  "{'header': {'key': '%s', 'value': '%s'}%s}",
                  name,
                  level + dice.below(9),
                  dice.of(
                      "",
                      json(", 'append_action': 'ADD_IF_ABSENT'"),
                      json(", 'append_action': 'OVERWRITE_IF_EXISTS_OR_ADD'"),
                      json(", 'append_action': 'OVERWRITE_IF_EXISTS'"),
                      json(", 'append': false"),
                      json(", 'append': true"))));
        }
        changes.add(json("'%s_headers_to_add': %s", message, Json.list(adds)));
        if (dice.chance(0.3)) {
          changes.add(json("'%s_headers_to_remove': ['%s']", message, dice.of(NAMES)));
        }
      }
      return String.join(", ", changes);
    }

    @Override
    public String route(Dice dice, List<String> clusters) {
      String target = json("'cluster': '%s'", single(clusters, 0));
      if (dice.chance(0.5)) {
        target =
            json(
                "'weighted_clusters': {'clusters': [{'name': '%s', 'weight': 1, %s%s},"
                    + " {'name': '%s', 'weight': 2, %s}]}",
                single(clusters, 1),
                changes(dice, "w"),
                dice.of("", json(", 'host_rewrite_literal': 'weighted.host'")),
                single(clusters, 2),
                changes(dice, "v"));
      }
      return json(
          "'route': {%s%s}, %s",
          target,
          dice.of("", "", json(", 'host_rewrite_literal': 'routes.host'")),
          changes(dice, "r"));
    }

    @Override
    public String host(Dice dice) {
      return changes(dice, "h") + ", ";
    }

    @Override
    public String table(Dice dice) {
      // The table has response headers of its own already.
      String all = changes(dice, "t");
      return (mostSpecificWins ? json("'most_specific_header_mutations_wins': true, ") : "")
          + all.substring(0, all.indexOf("\"response_headers"));
    }

    @Override
    public void spice(Dice dice, Draft draft) {
      for (String name : NAMES) {
        for (int i = dice.below(3); i > 0; i--) {
          draft.header(name, "c" + i);
        }
        if (dice.chance(0.5)) {
          draft.header(Backend.REPLY + name, "s" + dice.below(9));
        }
      }
    }
  }
}
