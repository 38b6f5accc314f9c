package dev.pilothouse.envoy.trace.oracle;

import static dev.pilothouse.envoy.trace.oracle.Json.json;
import static dev.pilothouse.envoy.trace.oracle.Json.quote;

import dev.pilothouse.envoy.trace.Connection;
import dev.pilothouse.envoy.trace.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/** Kinds of decisions about a connection that are not in a filter chain's match. */
final class ListenerKinds {
  private static final String INSPECTOR =
      """
      , {'name': 'envoy.filters.listener.%s_inspector', 'typed_config': {
        '@type': 'type.googleapis.com/envoy.extensions.filters.listener.%s_inspector.v3.%sInspector'}}""";
  private static final String NETWORK =
      "type.googleapis.com/envoy.extensions.matching.common_inputs.network.v3.";

  /** A kind by a function. */
  private record Made(String name, BiFunction<Dice, Integer, Scenario> make) implements Kind {
    @Override
    public Scenario scenario(Dice dice, int pairs) {
      return make.apply(dice, pairs);
    }
  }

  private int port = 20_000;

  private ListenerKinds() {}

  static List<Kind> all() {
    ListenerKinds kinds = new ListenerKinds();
    return List.of(
        new Made("filter chain matcher", ListenerKinds::matcher),
        new Made("original destination", kinds::handOff),
        new Made("TCP proxy", ListenerKinds::tcp),
        new Made("HTTP inspector", ListenerKinds::inspector));
  }

  private static Connection connection(Dice dice, String destination, int port) {
    boolean v6 = destination.contains(":");
    Connection plain =
        Connection.to(destination, port)
            .from(
                v6 ? "fd02::1" : dice.of("10.9.8.7", "127.0.0.1", "192.168.1.1"),
                dice.of(1000, 2000))
            .by("127.0.0.1")
            .at(Scenario.ENTRY);
    return plain;
  }

  private static String input(String type) {
    return json("{'name': 'i', 'typed_config': {'@type': '%s%s'}}", NETWORK, type);
  }

  private static String action(int chain) {
    return json(
        "{'action': {'name': 'a', 'typed_config': {'@type':"
            + " 'type.googleapis.com/google.protobuf.StringValue', 'value': 'f%d'}}}",
        chain);
  }

  private static String onMatch(Dice dice, int depth) {
    return depth > 0 && dice.chance(0.5)
        ? json("{'matcher': %s}", tree(dice, depth - 1))
        : action(dice.below(6));
  }

  private static String tree(Dice dice, int depth) {
    String otherwise = dice.chance(0.4) ? json(", 'on_no_match': %s", onMatch(dice, depth)) : "";
    if (dice.chance(0.3)) {
      List<String> ranges = new ArrayList<>();
      for (String range : dice.some(List.of("10.0.0.0/8", "10.1.0.0/16", "10.1.2.3/32"), 2)) {
        int slash = range.indexOf('/');
        ranges.add(
            json(
                "{'ranges': [{'address_prefix': '%s', 'prefix_len': %s}], 'on_match': %s,"
                    + " 'exclusive': %s}",
                range.substring(0, slash),
                range.substring(slash + 1),
                onMatch(dice, depth),
                dice.chance(0.3)));
      }
      return json(
          "{'matcher_tree': {'input': %s, 'custom_match': {'name': 'ip', 'typed_config': {"
              + "'@type': 'type.googleapis.com/xds.type.matcher.v3.IPMatcher',"
              + " 'range_matchers': %s}}}%s}",
          input(dice.of("DestinationIPInput", "SourceIPInput")), Json.list(ranges), otherwise);
    }
    if (dice.chance(0.3)) {
      return json(
          "{'matcher_list': {'matchers': [{'predicate': {'single_predicate': {'input': %s,"
              + " 'value_match': {'%s': '%s'}}}, 'on_match': %s}]}%s}",
          input(dice.of("ServerNameInput", "ApplicationProtocolInput")),
          dice.of("exact", "suffix", "contains"),
          dice.of("foo.bar", "bar", "h2"),
          onMatch(dice, depth),
          otherwise);
    }
    String[] map =
        dice.of(
                "DestinationPortInput 80 8080",
                "SourcePortInput 1000 2000",
                "ServerNameInput foo.bar a.foo.bar",
                "TransportProtocolInput tls raw_buffer",
                "SourceTypeInput local other",
                "DestinationIPInput 10.1.2.3 10.1.2.4")
            .split(" ", -1);
    return json(
        "{'matcher_tree': {'input': %s, '%s': {'map': {'%s': %s, '%s': %s}}}%s}",
        input(map[0]),
        dice.of("exact_match_map", "prefix_match_map"),
        map[1],
        onMatch(dice, depth),
        map[2],
        onMatch(dice, depth),
        otherwise);
  }

  private static Scenario matcher(Dice dice, int count) {
    List<String> chains = new ArrayList<>();
    for (int i = 0; i < 5; i++) { // the last one that actions name is not there
      chains.add(Json.speaking("f" + i, "{}"));
    }
    String fallback =
        dice.chance(0.5)
            ? json(", 'default_filter_chain': %s", Json.speaking("default", "{}"))
            : "";
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Connection connection =
          connection(
              dice, dice.of("10.1.2.3", "10.1.2.4", "10.7.1.1", "11.0.0.1"), dice.of(80, 8080, 81));
      if (dice.chance(0.5)) {
        connection =
            connection.tls(
                dice.of("foo.bar", "a.foo.bar", "FOO.bar", "", "xbar"),
                dice.of(new String[0], new String[] {"h2"}, new String[] {"http/1.1", "h2"}));
      }
      pairs.add(new Pair(connection, null, "f" + dice.below(5), true));
    }
    return new Scenario(
        "filter chain matcher",
        json(
            "'filter_chain_matcher': %s, 'filter_chains': %s%s",
            tree(dice, 2), Json.list(chains), fallback),
        json(INSPECTOR, "tls", "tls", "Tls"),
        List.of(),
        pairs);
  }

  /** Listeners that are not bound, with addresses that no other scenario has. */
  private Scenario handOff(Dice dice, int count) {
    int base = port;
    port += 10;
    List<String> others = new ArrayList<>();
    for (String address :
        dice.some(List.of("10.1.2.3", "0.0.0.0", "10.1.2.4", "fd00::1", "::", "127.0.0.9"), 4)) {
      for (int offset : List.of(0, 1)) {
        if (dice.chance(0.7)) {
          String name = "o" + others.size();
          others.add(
              json(
                  "{'name': '%s-%s', 'bind_to_port': false, 'address': {'socket_address': {"
                      + "'address': '%s', 'port_value': %d}}, 'filter_chains': [%s]}",
                  Scenario.ENTRY, name, address, base + offset, Json.speaking(name, "{}")));
        }
      }
    }
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String to = dice.of("10.1.2.3", "10.1.2.4", "10.1.2.5", "fd00::1", "fd00::2", "127.0.0.9");
      boolean near = dice.chance(RouteKind.SPOILED);
      pairs.add(
          new Pair(
              connection(dice, to, base + dice.of(0, 1, 2)),
              null,
              "o" + dice.below(Math.max(1, others.size())),
              near));
    }
    boolean redirects = dice.chance(0.8);
    return new Scenario(
        "original destination",
        json(
            "'use_original_dst': %s, 'filter_chains': [%s]", redirects, Json.speaking("own", "{}")),
        "",
        others,
        pairs);
  }

  private static Scenario tcp(Dice dice, int count) {
    List<String> chains = new ArrayList<>();
    List<Integer> ports = List.of(80, 8080, 443, 9000);
    for (int i = 0; i < ports.size(); i++) {
      String target =
          dice.of(
              json("'cluster': 't%d'", i),
              json("'cluster': 't%d'", i),
              json("'cluster': 'nowhere'"),
              json(
                  "'weighted_clusters': {'clusters': [{'name': 't%d', 'weight': %d},"
                      + " {'name': 't%d', 'weight': 3}]}",
                  i, dice.of(1, 50), i + 4));
      chains.add(
          json(
              """
              {'name': 'f%d', 'filter_chain_match': {'destination_port': %d}, 'filters': [{
                'name': 'envoy.filters.network.tcp_proxy', 'typed_config': {
                '@type': 'type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy',
                'stat_prefix': 'o', %s}}]}""",
              i, ports.get(i), target));
    }
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int target = dice.below(ports.size());
      boolean spoiled = dice.chance(RouteKind.SPOILED);
      int to = spoiled ? dice.of(81, 8081, 80, 443) : ports.get(target);
      pairs.add(new Pair(connection(dice, "10.1.2.3", to), null, "t" + target, spoiled));
    }
    return Scenario.of("TCP proxy", json("'filter_chains': %s", Json.list(chains)), pairs);
  }

  private static Scenario inspector(Dice dice, int count) {
    List<String> chains = new ArrayList<>();
    for (String protocol : dice.some(List.of("http/1.1", "h2c", "h2", "http/1.0"), 3)) {
      chains.add(
          Json.speaking(
              "f" + chains.size(),
              json(
                  "{'application_protocols': [%s]%s}",
                  quote(protocol),
                  dice.chance(0.4)
                      ? json(", 'transport_protocol': '%s'", dice.of("raw_buffer", "tls"))
                      : "")));
    }
    if (dice.chance(0.5)) {
      chains.add(Json.speaking("rest", "{}"));
    }
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Connection connection = connection(dice, "10.1.2.3", 80);
      HttpRequest request =
          HttpRequest.get("http://oracle/").over(dice.of(HttpRequest.Protocol.values()));
      boolean tls = dice.chance(0.3);
      pairs.add(
          new Pair(
              tls ? connection.tls("", dice.of("h2", "http/1.1", "http/1.0")) : connection,
              request,
              "f" + dice.below(3),
              true));
    }
    return new Scenario(
        "HTTP inspector",
        json("'filter_chains': %s", Json.list(chains)),
        json(INSPECTOR, "tls", "tls", "Tls") + json(INSPECTOR, "http", "http", "Http"),
        List.of(),
        pairs);
  }
}
