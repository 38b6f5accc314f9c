package dev.pilothouse.kind;

import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.image.DeliveryEvent;
import dev.pilothouse.image.ImageLabels;
import dev.pilothouse.kind.NodeStore.Row;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Takes old images that Pilothouse delivered out of a node. */
final class NodePruning {
  /** When it was delivered, in milliseconds since 1970: containerd's label of the image's name. */
  private static final String DELIVERED = "dev.pilothouse.delivered";

  /** What a deployment may be set back to. */
  static final int KEPT = 3;

  private final NodeStore store;
  private final TargetNode node;
  private final Consumer<DeliveryEvent> progress;

  NodePruning(NodeStore store, TargetNode node, Consumer<DeliveryEvent> progress) {
    this.store = store;
    this.node = node;
    this.progress = progress;
  }

  /** Marks an image as ours. */
  static void mark(NodeStore store, String name, String contentHash)
      throws IOException, InterruptedException {
    store.label(
        name,
        Map.of(
            ImageLabels.CONTENT,
            contentHash,
            DELIVERED,
            Long.toString(Instant.now().toEpochMilli())));
  }

  /** Keeps the newest ones of each name, and all that pods and deployments name. */
  void prune(Cluster cluster, String current) throws IOException, InterruptedException {
    List<Row> rows = store.list();
    Map<String, List<Row>> ours =
        rows.stream()
            .filter(row -> row.labels().containsKey(DELIVERED))
            .sorted(Comparator.comparing(NodePruning::delivered).reversed())
            .collect(Collectors.groupingBy(row -> ImageNames.repository(row.name())));
    List<Row> old = new ArrayList<>();
    ours.values()
        .forEach(group -> old.addAll(group.subList(Math.min(KEPT, group.size()), group.size())));
    if (old.isEmpty()) {
      return;
    }
    Set<String> used = UsedImages.of(cluster);
    used.add(current);
    old.removeIf(row -> used.contains(row.name()));
    for (Row row : old) {
      Set<String> names = new HashSet<>();
      rows.stream().filter(other -> isAlias(other, row)).map(Row::name).forEach(names::add);
      names.add(row.name());
      store.remove(List.copyOf(names));
      progress.accept(new DeliveryEvent.Pruned(node.name(), row.name()));
    }
  }

  private static long delivered(Row row) {
    return Long.parseLong(row.labels().getOrDefault(DELIVERED, "0"));
  }

  /** Kubernetes' view of the image by its id, which holds its content as a name does. */
  private static boolean isAlias(Row other, Row row) {
    return other.digest().equals(row.digest()) && other.name().startsWith("sha256:");
  }
}
