package dev.pilothouse.kind;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectImageResponse;
import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.image.BuiltImage;
import dev.pilothouse.image.DeliveredIstiod;
import dev.pilothouse.image.DeliveredIstiod.ImageIstiod;
import dev.pilothouse.image.Delivery;
import dev.pilothouse.image.DeliveryEvent;
import dev.pilothouse.image.ImageBuilder;
import dev.pilothouse.image.ImageLabels;
import dev.pilothouse.image.ImageSpec;
import dev.pilothouse.source.IstiodBinary;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** As {@code kind load docker-image} does: {@code docker save}, and {@code ctr} in the node. */
final class KindLoad implements Delivery {
  private static final String[] AS_KIND_DOES = {
    "--all-platforms", "--digests", "--snapshotter=overlayfs"
  };

  private final DockerHost host;
  private final ImageBuilder builder;
  private final ImageSpec spec;
  private final Consumer<DeliveryEvent> progress;

  KindLoad(
      DockerHost host, ImageBuilder builder, ImageSpec spec, Consumer<DeliveryEvent> progress) {
    this.host = host;
    this.builder = builder;
    this.spec = spec;
    this.progress = EachNode.oneAtATime(progress);
  }

  @Override
  public DeliveredIstiod deliver(IstiodBinary binary, Cluster target, String place) {
    BuiltImage image = builder.build(binary, spec);
    String tried = "loading " + image.reference() + " into the nodes of " + target.name();
    return new DockerFailures(tried, host)
        .guard(
            () -> {
              try (DockerClient docker = host.client()) {
                InspectImageResponse there = docker.inspectImageCmd(image.reference()).exec();
                List<TargetNode> nodes = TargetNode.of(tried, target, docker);
                String architecture = String.valueOf(there.getArch());
                nodes.forEach(
                    node -> node.checkArchitecture(tried, image.reference(), architecture));
                List<Boolean> changed =
                    EachNode.all(
                        nodes,
                        node -> {
                          NodeStore store = new NodeStore(docker, host.uri(), tried, node);
                          boolean loaded = load(docker, node, store, image);
                          new NodePruning(store, node, progress).prune(target, image.reference());
                          return loaded;
                        });
                builder.prune(spec, NodePruning.KEPT);
                return new ImageIstiod(
                    image.reference(), DeliveredIstiod.NEVER, changed.contains(true));
              }
            });
  }

  private boolean load(DockerClient docker, TargetNode node, NodeStore store, BuiltImage image)
      throws IOException, InterruptedException {
    String name = image.reference();
    String content = image.labels().getOrDefault(ImageLabels.CONTENT, image.id());
    boolean same =
        store.list(name).stream()
            .anyMatch(row -> content.equals(row.labels().get(ImageLabels.CONTENT)));
    if (same) {
      progress.accept(new DeliveryEvent.Unchanged(node.name(), name));
      return false;
    }
    Long size = docker.inspectImageCmd(name).exec().getSize();
    progress.accept(new DeliveryEvent.Sending(node.name(), name, size == null ? 0 : size, 0));
    long start = System.nanoTime();
    try (InputStream saved = docker.saveImageCmd(name).exec()) {
      store.load(saved::transferTo, AS_KIND_DOES);
    }
    NodePruning.mark(store, name, content);
    store.awaitVisible(name);
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    progress.accept(new DeliveryEvent.Delivered(node.name(), name, took));
    return true;
  }
}
