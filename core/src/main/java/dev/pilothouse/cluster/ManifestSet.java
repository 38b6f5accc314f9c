package dev.pilothouse.cluster;

import java.util.List;

/**
 * Manifests that belong together under a name, as {@code kubectl apply --prune} has it: what is
 * applied carries a label, and what an earlier apply of the set brought and this one lacks is
 * deleted. It stays in the cluster until it is {@linkplain #delete deleted}, whoever has the handle
 * then.
 *
 * <pre>{@code
 * ManifestSet shop = ManifestSet.of(cluster, "default", "shop");
 * shop.apply(Manifests.folder(Path.of("shop")));
 * Files.delete(Path.of("shop/canary.yaml"));
 * shop.apply(Manifests.folder(Path.of("shop"))).pruned(); // [VirtualService default/canary]
 * }</pre>
 *
 * <p>Which objects are the set's is written down in a ConfigMap {@code pilothouse-set-<name>}. An
 * object whose label somebody has removed is not deleted. Safe for use by several threads of one
 * JVM.
 */
public interface ManifestSet {
  /** The label that the objects of a set carry; its value is the set's name. */
  String LABEL = "pilothouse.dev/set";

  /**
   * A set, there already or not.
   *
   * @param cluster the cluster; it must outlive this
   * @param namespace where the set is written down; the objects lie where they say
   * @param name its name, unique in the cluster; a valid value of a label
   * @return the set; nothing is asked yet
   * @throws IllegalArgumentException if the name is not of the form that Kubernetes wants
   */
  static ManifestSet of(Cluster cluster, String namespace, String name) {
    return new RecordedSet(cluster, namespace, name);
  }

  /**
   * What an apply did.
   *
   * @param applied the objects that are the set's now, as {@code VirtualService default/reviews}
   * @param pruned those that were deleted
   */
  record Change(List<String> applied, List<String> pruned) {
    /** Copies the lists. */
    public Change {
      applied = List.copyOf(applied);
      pruned = List.copyOf(pruned);
    }
  }

  /**
   * Applies manifests by server-side apply as the whole of the set.
   *
   * @param manifests what the set consists of from now on
   * @return what was done
   * @throws ApplyException if an object is refused: nothing is pruned then, and what this call had
   *     applied before is undone
   * @throws dev.pilothouse.failure.PilothouseException if an object is there already and is not of
   *     this set; if something cannot be deleted: the next apply tries it again
   */
  Change apply(Manifests manifests);

  /**
   * Deletes all that is the set's, the last first.
   *
   * @return what was deleted
   */
  List<String> delete();
}
