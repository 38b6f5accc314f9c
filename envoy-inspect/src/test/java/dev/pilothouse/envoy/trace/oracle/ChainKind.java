package dev.pilothouse.envoy.trace.oracle;

import static dev.pilothouse.envoy.trace.oracle.Json.json;

import dev.pilothouse.envoy.trace.Connection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Filter chains that are told apart by some of the fields of their match. Each chain says its name,
 * so that no request is needed.
 *
 * @param name what it is called in the table
 * @param fields the fields that chains may ask for
 */
record ChainKind(String name, List<Field> fields) implements Kind {
  /** A field of a filter chain's match. */
  enum Field {
    DESTINATION_PORT("destination_port", "80", "8080", "443"),
    PREFIX_RANGES(
        "prefix_ranges",
        "10.0.0.0/8",
        "10.1.0.0/16",
        "10.1.2.3/32",
        "fd00::/8",
        "fd00::1/128",
        "11.0.0.0/8"),
    SERVER_NAMES(
        "server_names",
        "foo.bar",
        "*.foo.bar",
        "*.bar",
        "a.foo.bar",
        "Other.IO",
        "*.other.io",
        "bar"),
    TRANSPORT_PROTOCOL("transport_protocol", "tls", "raw_buffer"),
    APPLICATION_PROTOCOLS("application_protocols", "h2", "http/1.1", "istio", "h3"),
    DIRECT_SOURCE_PREFIX_RANGES(
        "direct_source_prefix_ranges", "127.0.0.0/8", "127.0.0.5/32", "127.0.1.0/24", "10.0.0.0/8"),
    SOURCE_TYPE("source_type", "SAME_IP_OR_LOOPBACK", "EXTERNAL"),
    SOURCE_PREFIX_RANGES(
        "source_prefix_ranges",
        "10.9.0.0/16",
        "10.9.8.7/32",
        "10.0.0.0/8",
        "fd01::/16",
        "192.168.0.0/16"),
    SOURCE_PORTS("source_ports", "1000", "2000", "3000");

    private final String json;
    private final String joined;

    Field(String json, String... values) {
      this.json = json;
      this.joined = String.join(" ", values);
    }

    List<String> all() {
      return List.of(joined.split(" ", -1));
    }
  }

  static List<Kind> all() {
    List<Kind> kinds = new ArrayList<>();
    for (Field field : Field.values()) {
      kinds.add(new ChainKind("chain " + field.json.replace('_', ' '), List.of(field)));
    }
    kinds.add(new ChainKind("chain, several fields", List.of(Field.values())));
    return kinds;
  }

  @Override
  public Scenario scenario(Dice dice, int count) {
    List<Map<Field, Set<String>>> chains = new ArrayList<>();
    Map<Field, List<String>> left = new HashMap<>();
    fields.forEach(field -> left.put(field, dice.some(field.all(), field.all().size())));
    Set<String> leaves = new LinkedHashSet<>();
    List<String> made = new ArrayList<>();
    for (int i = fields.size() == 1 ? 3 : 8; i > 0; i--) {
      Map<Field, Set<String>> chain = chain(dice, made.size());
      List<String> own = leaves(chain);
      if (own.stream().noneMatch(leaves::contains)) {
        leaves.addAll(own);
        made.add(Json.speaking("f" + chains.size(), match(chain)));
        chains.add(chain);
      }
    }
    String fallback =
        dice.chance(0.4)
            ? json(", 'default_filter_chain': %s", Json.speaking("default", "{}"))
            : "";
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int target = dice.below(chains.size());
      Map<Field, String> facts = new HashMap<>();
      chains.get(target).forEach((field, values) -> facts.put(field, dice.of(List.copyOf(values))));
      boolean spoiled = dice.chance(RouteKind.SPOILED);
      if (spoiled) {
        Field field = dice.of(fields);
        Set<String> own = chains.get(target).getOrDefault(field, Set.of());
        facts.put(
            field, dice.of(field.all().stream().filter(value -> !own.contains(value)).toList()));
      }
      pairs.add(new Pair(connection(dice, facts, spoiled), null, "f" + target, spoiled));
    }
    return new Scenario(
        name,
        json("'filter_chains': %s%s", Json.list(made), fallback),
        json(
            """
            , {'name': 'envoy.filters.listener.tls_inspector', 'typed_config': {
              '@type': 'type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector'}}"""),
        List.of(),
        pairs);
  }

  private Map<Field, Set<String>> chain(Dice dice, int index) {
    Map<Field, Set<String>> chain = new LinkedHashMap<>();
    for (Field field : fields) {
      if (fields.size() == 1 ? index < 2 || dice.chance(0.5) : dice.chance(0.3)) {
        boolean one =
            field == Field.DESTINATION_PORT
                || field == Field.TRANSPORT_PROTOCOL
                || field == Field.SOURCE_TYPE;
        chain.put(field, new LinkedHashSet<>(dice.some(field.all(), one ? 1 : 1 + dice.below(2))));
      }
    }
    return chain;
  }

  /** All combinations of a chain's values; Envoy refuses two chains that share one. */
  private static List<String> leaves(Map<Field, Set<String>> chain) {
    List<String> leaves = List.of("");
    for (Field field : Field.values()) {
      List<String> longer = new ArrayList<>();
      for (String leaf : leaves) {
        for (String value : chain.getOrDefault(field, Set.of("-"))) {
          longer.add(leaf + "|" + value);
        }
      }
      leaves = longer;
    }
    return leaves;
  }

  private static String match(Map<Field, Set<String>> chain) {
    List<String> parts = new ArrayList<>();
    chain.forEach(
        (field, values) -> {
          String value =
              switch (field) {
                case DESTINATION_PORT -> values.iterator().next();
                case TRANSPORT_PROTOCOL, SOURCE_TYPE -> Json.quote(values.iterator().next());
                case SERVER_NAMES, APPLICATION_PROTOCOLS -> Json.quoted(List.copyOf(values));
                case SOURCE_PORTS -> Json.list(List.copyOf(values));
                default -> Json.list(values.stream().map(ChainKind::range).toList());
              };
          parts.add(Json.quote(field.json) + ": " + value);
        });
    return "{" + String.join(", ", parts) + "}";
  }

  private static String range(String range) {
    int slash = range.indexOf('/');
    return json(
        "{'address_prefix': '%s', 'prefix_len': %s}",
        range.substring(0, slash), range.substring(slash + 1));
  }

  /** A connection with the facts, and with others that do not matter. */
  private static Connection connection(Dice dice, Map<Field, String> facts, boolean spoiled) {
    String destination = facts.get(Field.PREFIX_RANGES);
    String source = facts.get(Field.SOURCE_PREFIX_RANGES);
    boolean v6 =
        destination == null ? source != null && source.contains(":") : destination.contains(":");
    String to = destination == null ? (v6 ? "fd00::9" : "10.1.2.9") : inside(dice, destination);
    String from;
    if (source != null && source.contains(":") == v6) {
      from = inside(dice, source);
    } else if ("SAME_IP_OR_LOOPBACK".equals(facts.get(Field.SOURCE_TYPE)) || dice.chance(0.1)) {
      from = dice.of(to, v6 ? "::1" : "127.0.0.1");
    } else {
      from = v6 ? dice.of("fd02::1", "fe80::2") : dice.of("10.9.1.1", "172.16.0.1", "127.0.0.2");
    }
    String direct = facts.get(Field.DIRECT_SOURCE_PREFIX_RANGES);
    Connection connection =
        Connection.to(to, number(facts.get(Field.DESTINATION_PORT), dice.of(9000, 81)))
            .from(from, number(facts.get(Field.SOURCE_PORTS), dice.of(4000, 1001)))
            .by(
                direct == null || !direct.startsWith("127.")
                    ? dice.of("127.0.0.1", "127.0.0.4")
                    : inside(dice, direct))
            .at(Scenario.ENTRY);
    String name = facts.get(Field.SERVER_NAMES);
    String protocol = facts.get(Field.APPLICATION_PROTOCOLS);
    boolean tls =
        !"raw_buffer".equals(facts.get(Field.TRANSPORT_PROTOCOL))
            && (name != null
                || protocol != null
                || "tls".equals(facts.get(Field.TRANSPORT_PROTOCOL))
                || dice.chance(0.1));
    if (!tls) {
      return connection;
    }
    String asked =
        name == null ? dice.of("", "x.y") : name.replace("*", dice.of("a", "a.b", "x-1"));
    if (spoiled && name != null && dice.chance(0.5)) {
      asked =
          dice.of(
              "x" + asked, asked + ".x", asked.replaceFirst("^[^.]*[.]", ""), dice.anyCase(asked));
    }
    return connection.tls(
        asked,
        protocol == null
            ? dice.of(new String[0], new String[] {"other"})
            : dice.of(
                new String[] {protocol},
                new String[] {"other", protocol},
                new String[] {protocol, "h2"},
                new String[] {"http/1.1", protocol}));
  }

  private static int number(@org.jspecify.annotations.Nullable String text, int otherwise) {
    return text == null ? otherwise : Integer.parseInt(text);
  }

  /** The first address of a range, or one near its start. */
  private static String inside(Dice dice, String range) {
    String address = range.substring(0, range.indexOf('/'));
    if (range.endsWith("/32") || range.endsWith("/128") || address.contains(":")) {
      return address.endsWith("::") ? address + dice.of("1", "2", "ffff") : address;
    }
    return address.substring(0, address.lastIndexOf('.') + 1) + dice.of(1, 5, 77);
  }
}
