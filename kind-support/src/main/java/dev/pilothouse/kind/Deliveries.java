package dev.pilothouse.kind;

import dev.pilothouse.image.Delivery;
import dev.pilothouse.image.DeliveryEvent;
import dev.pilothouse.image.ImageBuilder;
import dev.pilothouse.image.ImageSpec;
import dev.pilothouse.toolbox.Toolbox;
import java.util.function.Consumer;

/**
 * The deliveries into the nodes of a kind cluster in this Docker. They work on any {@link
 * dev.pilothouse.cluster.Cluster} whose nodes are containers here, whoever made it. All nodes are
 * served at once.
 *
 * <p>{@link #hotSwap} is the one to start with: it is the quickest, and a changed istiod runs in
 * the pod that is there.
 *
 * <pre>{@code
 * Delivery delivery = Deliveries.in(DockerHost.usual()).hotSwap(toolbox);
 * DeliveredIstiod there = delivery.deliver(binary, cluster, "istio-system/istiod");
 * }</pre>
 *
 * @param docker where the nodes run
 * @param progress is told how the work goes on; see {@link DeliveryEvent} for the rules
 */
public record Deliveries(DockerHost docker, Consumer<DeliveryEvent> progress) {
  /**
   * Deliveries that tell nothing while they work.
   *
   * @param docker where the nodes run
   * @return the deliveries
   */
  public static Deliveries in(DockerHost docker) {
    return new Deliveries(docker, event -> {});
  }

  /**
   * Streams the binary into a directory of each node, beside the one that is there, and renames. A
   * supervisor in the pod kills the old istiod and starts the new one; no image is made. The old
   * one does not learn of its end and cannot say good-bye: its proxies' connections stay open until
   * the new one listens, where kernel and container allow that (Linux 5.6, no seccomp profile that
   * forbids pidfd_getfd), so that no proxy waits for seconds before it tries again. The three
   * binaries that were used last stay on the node, so that going back copies nothing.
   *
   * <p>The supervisor is a small program of Pilothouse, compiled by Go when it is first needed, and
   * its image holds nothing else: no shell and no certificates of public authorities.
   *
   * @param toolbox compiles the supervisor, and keeps it
   * @return a delivery whose result is a {@link dev.pilothouse.image.DeliveredIstiod.NodeIstiod}
   */
  public Delivery hotSwap(Toolbox toolbox) {
    return new HotSwap(docker, new NodePrograms(toolbox), progress);
  }

  /**
   * Streams an image straight into each node's containerd, as an archive that is made on the way:
   * Docker's store is not involved, and of an image whose base the node has, only the layer with
   * the binary goes over. A base that the node lacks is taken from Docker's store, once.
   *
   * <p>Old images that were delivered this way are removed from the node: of each name the newest
   * three stay, and what a pod or a deployment names.
   *
   * @param spec what the image shall be; without a Dockerfile
   * @return a delivery whose result is a {@link dev.pilothouse.image.DeliveredIstiod.ImageIstiod}
   */
  public Delivery nodeArchive(ImageSpec spec) {
    return new NodeArchive(docker, spec, progress);
  }

  /**
   * Builds an image with a builder that puts it into Docker's store, and brings it into the nodes
   * as {@code kind load docker-image} does. Old images are removed from the nodes as after {@link
   * #nodeArchive}, and from Docker's store too: the newest three of that hub and name stay.
   *
   * @param builder makes the image
   * @param spec what the image shall be
   * @return a delivery whose result is a {@link dev.pilothouse.image.DeliveredIstiod.ImageIstiod}
   */
  public Delivery kindLoad(ImageBuilder builder, ImageSpec spec) {
    return new KindLoad(docker, builder, spec, progress);
  }

  /**
   * Pushes an image into a registry, for clusters of any kind whose nodes can pull from there. It
   * is delivered by its digest, so a tag may be used again.
   *
   * <p>Of what this delivery pushed for a cluster, the newest three stay in the registry, and what
   * the cluster's pods and deployments name; older ones are deleted there, by their digests. Many
   * registries do not let one do so: Docker Hub has no such call, and the registry of the CNCF's
   * distribution answers "unsupported" unless deletion is enabled. Then they stay, as {@link
   * DeliveryEvent.NotPruned} says. What others pushed, or another run, is never deleted: that is
   * for the registry's own rules of retention. Where Docker builds the image, the newest three stay
   * in its store, too.
   *
   * @param builder {@link ImageBuilders#docker} with this Docker, or {@link ImageBuilders#registry}
   * @param spec what the image shall be; its hub says which registry
   * @return a delivery whose result is a {@link dev.pilothouse.image.DeliveredIstiod.ImageIstiod}
   */
  public Delivery registryPush(ImageBuilder builder, ImageSpec spec) {
    return new RegistryPush(docker, builder, spec, progress);
  }
}
