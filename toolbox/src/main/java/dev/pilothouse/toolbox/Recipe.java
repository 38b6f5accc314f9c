package dev.pilothouse.toolbox;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** How cache entries are made from pinned inputs: one or more at once. */
interface Recipe {
  /** The name of the lock under which its entries are made; a file name. */
  String lockName();

  /**
   * The key of an entry: a file name that says what it is, and a hash of everything that goes in.
   *
   * @param item one of the things it can make
   */
  String key(String item);

  /**
   * What is missing to make the items.
   *
   * @return the name of each missing thing, with what to do about it; empty when all is there
   */
  Map<String, String> missing(Set<String> items);

  /**
   * Makes items.
   *
   * @param items what to make
   * @param draft an empty folder; afterwards has a folder {@code out} with one folder for each item
   * @return what made them, as {@code go1.26.8}; becomes part of the entries' names unless empty
   * @throws ToolboxException if it fails
   */
  String make(Set<String> items, Path draft, Consumer<ToolboxEvent> listener);
}
