package dev.pilothouse.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pilothouse.cluster.Applied;
import dev.pilothouse.cluster.ApplyException;
import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.cluster.ClusterManager;
import dev.pilothouse.cluster.LocalClusterSpec;
import dev.pilothouse.cluster.ManifestSet;
import dev.pilothouse.cluster.ManifestSet.Change;
import dev.pilothouse.cluster.Manifests;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.toolbox.Toolbox;
import io.fabric8.kubernetes.api.model.ConfigMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Manifests that are applied again and again under a name. */
class ManifestSetIT {
  private static final String ONE = "{apiVersion: v1, kind: ConfigMap, metadata: {name: one}}\n";
  private static final String TWO = "{apiVersion: v1, kind: ConfigMap, metadata: {name: two}}\n";

  private static Cluster cluster;

  @BeforeAll
  static void open() {
    cluster = ClusterManager.local(Toolbox.create()).open(LocalClusterSpec.named("sets"));
  }

  @AfterAll
  static void close() {
    cluster.close();
  }

  @Test
  void whatIsNoMoreInTheSetIsDeleted() {
    ManifestSet set = ManifestSet.of(cluster, "default", "prune");
    assertThat(set.apply(Manifests.yaml(ONE + "---\n" + TWO)).pruned()).isEmpty();

    // Another handle knows the set, too.
    Change change = ManifestSet.of(cluster, "default", "prune").apply(Manifests.yaml(TWO));

    assertThat(change.applied()).containsExactly("ConfigMap default/two");
    assertThat(change.pruned()).containsExactly("ConfigMap default/one");
    assertThat(find("one")).isNull();
    assertThat(find("two").getMetadata().getLabels()).containsEntry(ManifestSet.LABEL, "prune");
    assertThat(set.delete()).containsExactly("ConfigMap default/two");
    assertThat(find("two")).isNull();
    assertThat(find("pilothouse-set-prune")).isNull();
    assertThat(set.delete()).isEmpty();
  }

  @Test
  void whatIsNotTheSetsAnyMoreStays() {
    ManifestSet set = ManifestSet.of(cluster, "default", "leave");
    set.apply(Manifests.yaml(ONE));
    cluster
        .client()
        .configMaps()
        .inNamespace("default")
        .withName("one")
        .edit(
            one -> {
              one.getMetadata().getLabels().remove(ManifestSet.LABEL);
              return one;
            });

    assertThat(set.delete()).isEmpty();

    assertThat(find("one")).isNotNull();
    cluster.client().configMaps().inNamespace("default").withName("one").delete();
  }

  @Test
  void aRefusalPrunesNothing() {
    ManifestSet set = ManifestSet.of(cluster, "default", "refused");
    set.apply(Manifests.yaml(ONE));

    assertThatThrownBy(
            () ->
                set.apply(
                    Manifests.yaml(
                        TWO + "---\n{apiVersion: v1, kind: ConfigMapp, metadata: {name: bad}}")))
        .isInstanceOf(ApplyException.class);

    assertThat(find("one")).isNotNull();
    assertThat(find("two")).isNull();
    set.delete();
  }

  @Test
  void whatOthersHaveMadeIsNotTaken() {
    try (Applied theirs = cluster.apply(Manifests.yaml(TWO))) {
      ManifestSet set = ManifestSet.of(cluster, "default", "greedy");

      assertThatThrownBy(() -> set.apply(Manifests.yaml(ONE + "---\n" + TWO)))
          .isInstanceOf(PilothouseException.class)
          .hasMessageContaining("ConfigMap default/two is there already, and is not of this set");
      assertThat(find("one")).isNull();
      assertThat(theirs.resources()).hasSize(1);
    }
  }

  private static ConfigMap find(String name) {
    return cluster.client().configMaps().inNamespace("default").withName(name).get();
  }
}
