package dev.pilothouse.envoy.table;

import dev.pilothouse.envoy.EnvoyConfigException;
import dev.pilothouse.envoy.Resource;
import java.util.List;
import java.util.function.Predicate;

/**
 * A table of resources, and the resources themselves. The filters of its kinds return new tables,
 * so several are combined by calling one after the other.
 *
 * @param <R> the resources' type
 */
public interface ResourceTable<R extends Resource> extends Table {
  /**
   * The resources that its rows are of.
   *
   * @return in the order of the rows
   */
  List<R> resources();

  /**
   * The same for some resources, as {@code where(r -> r.state() == State.REJECTED)}.
   *
   * @param wanted which resources stay; beside those that the filters so far choose
   * @return a new table
   */
  ResourceTable<R> where(Predicate<? super R> wanted);

  /**
   * The resources, whole, as JSON.
   *
   * @return an array, indented; each as it was read, private keys aside
   * @throws EnvoyConfigException if one cannot be read
   */
  default String json() {
    return Documents.json(resources());
  }

  /**
   * The resources, whole, as YAML.
   *
   * @return a list; each as it was read, private keys aside
   * @throws EnvoyConfigException if one cannot be read
   */
  default String yaml() {
    return Documents.yaml(resources());
  }
}
