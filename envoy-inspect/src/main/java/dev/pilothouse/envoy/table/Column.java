package dev.pilothouse.envoy.table;

import java.util.List;
import java.util.function.Function;

/**
 * A column of a table.
 *
 * @param name what stands above it
 * @param cell makes its cell of what a row is about
 */
record Column<T>(String name, Function<? super T, String> cell) {
  static <T> List<String> names(List<Column<T>> columns) {
    return columns.stream().map(Column::name).toList();
  }

  static <T> List<List<String>> rows(List<Column<T>> columns, List<? extends T> things) {
    return things.stream().map(thing -> row(columns, thing)).toList();
  }

  private static <T> List<String> row(List<Column<T>> columns, T thing) {
    return columns.stream().map(column -> column.cell().apply(thing)).toList();
  }
}
