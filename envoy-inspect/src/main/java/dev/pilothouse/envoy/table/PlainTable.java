package dev.pilothouse.envoy.table;

import dev.pilothouse.envoy.Resource;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A table of resources without filters of its own.
 *
 * @param what what its rows are, for people
 * @param all the resources
 * @param wanted which of them are chosen
 * @param rowsOf makes the rows of a resource
 */
record PlainTable<R extends Resource, T>(
    String what,
    List<R> all,
    Predicate<? super R> wanted,
    Function<R, List<T>> rowsOf,
    List<Column<T>> made)
    implements ResourceTable<R> {

  @Override
  public List<R> resources() {
    return all.stream().filter(wanted).toList();
  }

  @Override
  public ResourceTable<R> where(Predicate<? super R> more) {
    return new PlainTable<>(what, all, each -> wanted.test(each) && more.test(each), rowsOf, made);
  }

  @Override
  public List<String> columns() {
    return Column.names(made);
  }

  @Override
  public List<List<String>> rows() {
    return Column.rows(
        made, resources().stream().flatMap(each -> rowsOf.apply(each).stream()).toList());
  }

  @Override
  public String toString() {
    return "Table[" + resources().size() + " of " + all.size() + " " + what + "]";
  }
}
