package dev.pilothouse.toolbox;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Makes cache entries: each once, however many threads and JVMs ask for it at a time. */
final class Provisioner {
  private final Cache cache;
  private final Consumer<ToolboxEvent> listener;

  Provisioner(Cache cache, Consumer<ToolboxEvent> listener) {
    this.cache = cache;
    this.listener = listener;
  }

  /**
   * An entry of the cache.
   *
   * @param entry its folder
   * @param made whether this call made it
   */
  record Provided(Path entry, boolean made) {}

  /** Says of an entry, made or in the cache, whether it is what it should be. */
  interface Check {
    /**
     * Checks an entry.
     *
     * @param item the item
     * @param entry its folder
     * @return what is wrong with it; empty if nothing is
     */
    Optional<String> problem(String item, Path entry);
  }

  /**
   * Makes what is not in the cache.
   *
   * @return the entry of each item
   * @throws ToolboxException if it fails, or the thread is interrupted; then nothing has changed,
   *     except that some of the items may be there
   */
  Map<String, Provided> provide(Recipe recipe, Set<String> items, Check check) {
    String all = String.join(", ", new TreeSet<>(items));
    Runnable waiting = () -> listener.accept(new ToolboxEvent.Waiting(all));
    CacheLock lock = lock(recipe, all, waiting);
    try {
      Map<String, Provided> entries = new LinkedHashMap<>();
      Set<String> absent = new TreeSet<>();
      for (String item : items) {
        good(recipe, item, check)
            .ifPresentOrElse(
                entry -> entries.put(item, new Provided(entry, false)), () -> absent.add(item));
      }
      if (!absent.isEmpty()) {
        entries.putAll(make(recipe, absent, check));
      }
      return entries;
    } finally {
      lock.close();
    }
  }

  private CacheLock lock(Recipe recipe, String all, Runnable waiting) {
    try {
      return cache.lock(recipe.lockName(), waiting);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ToolboxException("providing " + all, "this thread was interrupted", "", null, e);
    }
  }

  private Optional<Path> good(Recipe recipe, String item, Check check) {
    Optional<Path> entry = cache.entry(recipe.key(item));
    if (entry.isPresent() && check.problem(item, entry.get()).isPresent()) {
      cache.remove(entry.get());
      return Optional.empty();
    }
    return entry;
  }

  private Map<String, Provided> make(Recipe recipe, Set<String> items, Check check) {
    try (RunDirectory draft = cache.newDraft(recipe.lockName())) {
      String toolchain = recipe.make(items, draft.path(), listener);
      Map<String, Provided> entries = new LinkedHashMap<>();
      for (String item : items) {
        Path made = draft.path().resolve("out").resolve(item);
        Optional<String> problem = check.problem(item, made);
        if (problem.isPresent()) {
          throw new ToolboxException(
              "providing " + item,
              "what was made is not what is needed: " + problem.get(),
              "this is an error in Pilothouse's pins: please report it",
              null,
              null);
        }
        String name = recipe.key(item) + (toolchain.isEmpty() ? "" : "@" + toolchain);
        entries.put(item, new Provided(cache.publish(made, name), true));
      }
      return entries;
    }
  }
}
