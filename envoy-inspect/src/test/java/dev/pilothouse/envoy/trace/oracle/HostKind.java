package dev.pilothouse.envoy.trace.oracle;

import static dev.pilothouse.envoy.trace.oracle.Json.json;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A kind of virtual host matching.
 *
 * @param name what it is called in the table
 * @param domains the domains to choose from
 * @param hosts hosts that requests are made for
 * @param manager fields of the connection manager, each with a comma in front
 * @param table fields of the route configuration, each with a comma at its end
 */
record HostKind(String name, List<String> domains, List<String> hosts, String manager, String table)
    implements Kind {
  private static final List<String> EXACT =
      List.of(
          "foo",
          "foo.bar",
          "foo.bar:8080",
          "FOO.Bar.io",
          "bar",
          "a.foo.bar",
          "[::1]",
          "[::1]:80",
          "10.0.0.1",
          "xn--foo.io");
  private static final List<String> SUFFIX =
      List.of(
          "*.bar", "*.foo.bar", "*foo.bar", "*-foo.bar", "*bar", "*.io", "*.BAR:8080", "foo.bar");
  private static final List<String> PREFIX =
      List.of("foo.*", "foo.bar*", "foo*", "f*", "a.foo.*", "foo.bar:*", "Foo.io.*", "foo.bar");
  private static final List<String> HOSTS =
      List.of(
          "foo",
          "foo.bar",
          "foo.bar:8080",
          "foo.bar:80",
          "a.foo.bar",
          "x-foo.bar",
          "foo.bar.io",
          "foo.io.x",
          "foo.",
          "foo.bar.",
          "foo.bar.:8080",
          ".bar",
          ".foo.bar",
          "bar",
          "xbar",
          "[::1]",
          "[::1]:80",
          "[::2]",
          "10.0.0.1",
          "10.0.0.1:8080",
          "a.b.c.foo.bar",
          "xn--foo.io",
          "foo.bar:",
          "foo.bar:x");

  static List<Kind> all() {
    List<Kind> kinds = new ArrayList<>();
    kinds.add(new HostKind("domain exact", EXACT, HOSTS, "", ""));
    kinds.add(new HostKind("domain suffix", SUFFIX, HOSTS, "", ""));
    kinds.add(new HostKind("domain prefix", PREFIX, HOSTS, "", ""));
    List<String> mixed = new ArrayList<>(EXACT);
    mixed.addAll(SUFFIX);
    mixed.addAll(PREFIX);
    mixed.add("*");
    List<String> all = new ArrayList<>(new LinkedHashSet<>(mixed));
    kinds.add(new HostKind("domain *", all, HOSTS, "", ""));
    kinds.add(
        new HostKind("ports ignored", all, HOSTS, "", "'ignore_port_in_host_matching': true, "));
    kinds.add(new HostKind("any port stripped", all, HOSTS, ", 'strip_any_host_port': true", ""));
    kinds.add(
        new HostKind(
            "matching port stripped", all, HOSTS, ", 'strip_matching_host_port': true", ""));
    kinds.add(
        new HostKind("trailing dot stripped", all, HOSTS, ", 'strip_trailing_host_dot': true", ""));
    kinds.add(
        new HostKind(
            "dot and port stripped",
            all,
            HOSTS,
            ", 'strip_trailing_host_dot': true, 'strip_any_host_port': true",
            ""));
    return kinds;
  }

  @Override
  public Scenario scenario(Dice dice, int count) {
    List<String> left = dice.some(domains, domains.size());
    Set<String> seen = new LinkedHashSet<>();
    List<String> made = new ArrayList<>();
    List<List<String>> owned = new ArrayList<>();
    int next = 0;
    for (int i = 0; i < 4; i++) {
      List<String> own = new ArrayList<>();
      for (int j = dice.below(2); j >= 0 && next < left.size(); j--) {
        String domain = left.get(next++);
        if (seen.add(domain.toLowerCase(java.util.Locale.ROOT))) {
          own.add(domain);
        }
      }
      if (!own.isEmpty()) {
        String name = "h" + made.size();
        made.add(Json.host(name, own, List.of(Json.route("of-" + name, json("{'prefix': '/'}")))));
        owned.add(own);
      }
    }
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int target = dice.below(made.size());
      Draft draft = new Draft();
      boolean spoiled = dice.chance(RouteKind.SPOILED);
      draft.host = spoiled ? spoil(dice, owned.get(target)) : fit(dice, dice.of(owned.get(target)));
      pairs.add(new Pair(RouteKind.connection(), draft.request(), "h" + target, spoiled));
    }
    String json =
        json("{%s'name': 'table', 'virtual_hosts': %s}", table.replace('\'', '"'), Json.list(made));
    return Scenario.of(name, Json.http(json, manager.replace('\'', '"')), pairs);
  }

  private static String fit(Dice dice, String domain) {
    String host = domain.equals("*") ? "any" : domain.replace("*", dice.of("a", "foo", "x-y"));
    return dice.chance(0.3) ? dice.anyCase(host) : host;
  }

  private String spoil(Dice dice, List<String> own) {
    String host = fit(dice, dice.of(own));
    return switch (dice.below(11)) {
      case 7 -> "";
      case 8 -> host.length() > 1 ? host.substring(1) : "z";
      case 9 -> "z." + host;
      case 10 -> host.replaceFirst("([a-z0-9])", "$1-");
      case 0 -> host + ".";
      case 1 -> host + ":" + dice.of("80", "8080", "81");
      case 2 -> "x" + host;
      case 3 -> host + "x";
      case 4 -> dice.of(own).replace("*", "").isEmpty() ? "z" : dice.of(own).replace("*", "");
      case 5 -> dice.shorter(host).isEmpty() ? "z" : dice.shorter(host);
      default -> dice.anyCase(dice.of(hosts));
    };
  }
}
