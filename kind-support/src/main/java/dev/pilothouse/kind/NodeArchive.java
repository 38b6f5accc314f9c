package dev.pilothouse.kind;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.NotFoundException;
import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.image.DeliveredIstiod;
import dev.pilothouse.image.DeliveredIstiod.ImageIstiod;
import dev.pilothouse.image.Delivery;
import dev.pilothouse.image.DeliveryEvent;
import dev.pilothouse.image.ImageException;
import dev.pilothouse.image.ImageException.Reason;
import dev.pilothouse.image.ImageLabels;
import dev.pilothouse.image.ImageSpec;
import dev.pilothouse.source.IstiodBinary;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.StreamSupport;

/**
 * Streams an image into each node's containerd, without Docker's store: of an image whose base the
 * node has, only the layer with the binary goes over.
 */
final class NodeArchive implements Delivery {
  private final DockerHost host;
  private final ImageSpec spec;
  private final Consumer<DeliveryEvent> progress;
  private final FileHashes hashes = new FileHashes();

  /** By the digest that names their content: to ask a node takes a process in it each time. */
  private final Map<String, NodeBase> bases = new ConcurrentHashMap<>();

  NodeArchive(DockerHost host, ImageSpec spec, Consumer<DeliveryEvent> progress) {
    if (spec.dockerfile().isPresent() || spec.base().startsWith("tar:")) {
      throw new IllegalArgumentException(
          "an archive for a node is made from a base that the node has, not from a Dockerfile or a"
              + " file: build such an image with an ImageBuilder");
    }
    this.host = host;
    this.spec = spec;
    this.progress = EachNode.oneAtATime(progress);
  }

  @Override
  public DeliveredIstiod deliver(IstiodBinary binary, Cluster target, String place) {
    String tried = "bringing an image of " + binary.path() + " to the nodes of " + target.name();
    ImageContent content = PilotContent.of(tried, hashes, binary, spec);
    return new DockerFailures(tried, host)
        .guard(
            () -> {
              try (DockerClient docker = host.client()) {
                List<TargetNode> nodes = TargetNode.of(tried, target, docker);
                nodes.forEach(
                    node -> node.checkArchitecture(tried, "istiod", content.architecture()));
                List<Sent> sent = EachNode.all(nodes, node -> new Sent(docker, tried, node).look());
                // The same name everywhere, and it may tell the time.
                String reference = ImageNames.of(spec, content.hash(sent.get(0).base().digest()));
                List<Boolean> changed =
                    EachNode.all(sent, one -> one.send(content, reference, target));
                return new ImageIstiod(reference, DeliveredIstiod.NEVER, changed.contains(true));
              }
            });
  }

  /** One delivery to one node. */
  private final class Sent {
    private final DockerClient docker;
    private final String tried;
    private final TargetNode node;
    private final NodeStore store;
    private List<NodeStore.Row> rows = List.of();
    private NodeBase base = NodeBase.scratch();

    Sent(DockerClient docker, String tried, TargetNode node) {
      this.docker = docker;
      this.tried = tried;
      this.node = node;
      this.store = new NodeStore(docker, host.uri(), tried, node);
    }

    /** What the node has; it has the base then. */
    Sent look() throws IOException, InterruptedException {
      rows = store.list();
      base = findBase();
      return this;
    }

    NodeBase base() {
      return base;
    }

    boolean send(ImageContent content, String reference, Cluster target)
        throws IOException, InterruptedException {
      String hash = content.hash(base.digest());
      boolean changed = send(content.withLabel(ImageLabels.CONTENT, hash), reference, hash);
      new NodePruning(store, node, progress).prune(target, reference);
      return changed;
    }

    private boolean send(ImageContent content, String reference, String hash)
        throws IOException, InterruptedException {
      boolean same =
          rows.stream()
              .filter(row -> row.name().equals(reference))
              .anyMatch(row -> hash.equals(row.labels().get(ImageLabels.CONTENT)));
      if (same) {
        store.awaitVisible(reference);
        progress.accept(new DeliveryEvent.Unchanged(node.name(), reference));
        return false;
      }
      progress.accept(
          new DeliveryEvent.Sending(node.name(), reference, content.layerSize(), base.size()));
      long start = System.nanoTime();
      OciArchive archive = new OciArchive(reference, content, base);
      store.load(archive::writeTo);
      NodePruning.mark(store, reference, hash);
      store.awaitVisible(reference);
      progress.accept(
          new DeliveryEvent.Delivered(
              node.name(), reference, Duration.ofNanos(System.nanoTime() - start)));
      return true;
    }

    private NodeBase findBase() throws IOException, InterruptedException {
      if (spec.base().equals(ImageSpec.SCRATCH)) {
        return NodeBase.scratch();
      }
      String name = ImageNames.normalized(spec.base());
      Optional<NodeStore.Row> there = row(rows, name);
      if (there.isEmpty()) {
        bringBase(name);
        there = row(store.list(name), name);
      }
      NodeStore.Row row =
          there.orElseThrow(() -> new IllegalStateException("imported, and not there: " + name));
      String key = row.digest() + " " + node.architecture();
      NodeBase known = bases.get(key);
      if (known != null) {
        return known;
      }
      JsonNode manifest = manifest(store.document(row.digest()));
      JsonNode config = store.document(manifest.at("/config/digest").asText());
      NodeBase found = NodeBase.of(row.digest(), manifest, config);
      node.checkArchitecture(tried, "the base image " + name, found.architecture());
      bases.put(key, found);
      return found;
    }

    private Optional<NodeStore.Row> row(List<NodeStore.Row> all, String name) {
      return all.stream().filter(row -> row.name().equals(name)).findFirst();
    }

    /** An image for several platforms has a manifest for each. */
    private JsonNode manifest(JsonNode document) throws IOException, InterruptedException {
      if (!document.has("manifests")) {
        return document;
      }
      JsonNode mine =
          StreamSupport.stream(document.path("manifests").spliterator(), false)
              .filter(
                  manifest ->
                      manifest.at("/platform/os").asText().equals("linux")
                          && manifest
                              .at("/platform/architecture")
                              .asText()
                              .equals(node.architecture()))
              .findFirst()
              .orElseThrow(
                  () ->
                      new ImageException(
                          Reason.WRONG_ARCHITECTURE,
                          tried,
                          "the base image has nothing for linux/" + node.architecture(),
                          "",
                          null,
                          null));
      return store.document(mine.path("digest").asText());
    }

    private void bringBase(String name) throws IOException, InterruptedException {
      try (InputStream saved = save()) {
        progress.accept(new DeliveryEvent.Sending(node.name(), name, 0, 0));
        store.load(saved::transferTo, "--all-platforms");
      } catch (NotFoundException e) {
        throw new ImageException(
            Reason.NO_SUCH_IMAGE,
            tried,
            "neither the node " + node.name() + " nor Docker has the base image " + spec.base(),
            "docker pull " + spec.base() + ", or ImageSpec.SCRATCH as the base",
            null,
            e);
      }
    }

    private InputStream save() {
      docker.inspectImageCmd(spec.base()).exec(); // docker save answers 200 before it looks.
      return docker.saveImageCmd(spec.base()).exec();
    }
  }
}
