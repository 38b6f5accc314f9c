package dev.pilothouse.envoy.table;

import dev.pilothouse.envoy.Omission;
import java.util.List;

/** All tables of a configuration in one text. */
final class AllTables {
  private final int width;
  private final StringBuilder text = new StringBuilder();

  private AllTables(int width) {
    this.width = width;
  }

  static String of(EnvoyTables tables, int width) {
    AllTables all = new AllTables(width);
    all.add("BOOTSTRAP", tables.bootstrap());
    if (!tables.inactive().resources().isEmpty()) {
      all.add("NOT IN USE", tables.inactive());
    }
    all.add("CLUSTERS", tables.clusters());
    all.add("LISTENERS", tables.listeners());
    all.add("ROUTES", tables.routes());
    if (!tables.scopedRoutes().resources().isEmpty()) {
      all.add("SCOPED ROUTES", tables.scopedRoutes());
    }
    all.add("SECRETS", tables.secrets());
    all.add("ENDPOINTS", tables.endpoints());
    all.add("ECDS", tables.ecds());
    List<Omission> omissions = tables.config().omissions();
    if (!omissions.isEmpty()) {
      all.add(
          "NOT DELIVERED BY THE SOURCE",
          new ListTable<>(
              "omissions",
              omissions,
              List.of(
                  new Column<>("PART", Omission::part), new Column<>("REASON", Omission::reason))));
    }
    return all.text.toString();
  }

  private void add(String heading, Table table) {
    text.append(text.isEmpty() ? "" : "\n").append(heading).append('\n');
    if (table.rows().isEmpty()) {
      text.append("(none)\n");
    } else {
      text.append(table.table(width));
    }
  }
}
