package dev.pilothouse.envoy.table;

import java.util.List;

/**
 * A table of things that are no resources.
 *
 * @param what what its rows are, for people
 * @param things what its rows are of
 * @param made its columns
 */
record ListTable<T>(String what, List<T> things, List<Column<T>> made) implements Table {
  @Override
  public List<String> columns() {
    return Column.names(made);
  }

  @Override
  public List<List<String>> rows() {
    return Column.rows(made, things);
  }

  @Override
  public String toString() {
    return "Table[" + things.size() + " " + what + "]";
  }
}
