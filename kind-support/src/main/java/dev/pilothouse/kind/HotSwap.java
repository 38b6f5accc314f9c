package dev.pilothouse.kind;

import com.github.dockerjava.api.DockerClient;
import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.image.DeliveredIstiod;
import dev.pilothouse.image.DeliveredIstiod.NodeIstiod;
import dev.pilothouse.image.Delivery;
import dev.pilothouse.image.DeliveryEvent;
import dev.pilothouse.image.ImageException;
import dev.pilothouse.image.ImageException.Reason;
import dev.pilothouse.kind.NodePrograms.NodeProgram;
import dev.pilothouse.source.IstiodBinary;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Streams the binary into a directory of each node, where a supervisor in the pod runs it. */
final class HotSwap implements Delivery {
  private static final String ROOT = "/var/lib/pilothouse";
  static final String SUPERVISOR = "pilothouse-node";
  private static final Pattern PLACE =
      Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9._-]*(/[a-zA-Z0-9][a-zA-Z0-9._-]*)*");

  private final DockerHost host;
  private final NodePrograms programs;
  private final Consumer<DeliveryEvent> progress;
  private final FileHashes hashes = new FileHashes();
  private final SharedFolders shared;

  /** What is known to be in a node: its container, and our program's path or image. */
  private final Set<String> installed = ConcurrentHashMap.newKeySet();

  HotSwap(DockerHost host, NodePrograms programs, Consumer<DeliveryEvent> progress) {
    this.host = host;
    this.programs = programs;
    this.progress = EachNode.oneAtATime(progress);
    this.shared = new SharedFolders(host.uri());
  }

  @Override
  public DeliveredIstiod deliver(IstiodBinary binary, Cluster target, String place) {
    String tried = "bringing " + binary.path() + " to the nodes of " + target.name();
    String directory = directory(place);
    String architecture = ElfFile.read(tried, binary.path()).architecture();
    NodeProgram program = programs.forArchitecture(architecture);
    String image = image(program);
    CompletableFuture<String> id = hashes.later(tried, binary.path());
    return new DockerFailures(tried, host)
        .guard(
            () -> {
              try (DockerClient docker = host.client()) {
                List<TargetNode> nodes = TargetNode.of(tried, target, docker);
                nodes.forEach(node -> node.checkArchitecture(tried, "istiod", architecture));
                List<Boolean> changed =
                    EachNode.all(
                        nodes,
                        node ->
                            new NodeSwap(this, docker, tried, node, program)
                                .deliver(binary.path(), directory, id));
                return new NodeIstiod(image, directory, changed.contains(true));
              }
            });
  }

  @Override
  public void rollBack(DeliveredIstiod delivered, Cluster target) {
    if (!(delivered instanceof NodeIstiod swapped)) {
      throw new IllegalArgumentException("no hot swap: " + delivered);
    }
    String tried = "going back to the istiod of before on the nodes of " + target.name();
    String id = swapped.image().substring(swapped.image().lastIndexOf(':') + 1);
    new DockerFailures(tried, host)
        .guard(
            () -> {
              try (DockerClient docker = host.client()) {
                List<TargetNode> nodes = TargetNode.of(tried, target, docker);
                nodes.forEach(this::forget); // What failed may be that something was deleted.
                List<Boolean> unused =
                    EachNode.all(
                        nodes,
                        node ->
                            back(docker, tried, node, programPath(id), swapped.nodeDirectory()));
                return true;
              }
            });
  }

  private boolean back(
      DockerClient docker, String tried, TargetNode node, String program, String directory)
      throws IOException, InterruptedException {
    ExecStream.Result result =
        ExecStream.run(docker, host.uri(), node.container(), List.of(program, "back", directory));
    if (result.exitCode() != 0) {
      throw new ImageException(
          Reason.NOTHING_BEFORE, tried, node.name() + ": " + result.text(), "", null, null);
    }
    return true;
  }

  private static String directory(String place) {
    if (!PLACE.matcher(place).matches() || place.contains("..")) {
      throw new IllegalArgumentException(
          "a place is named as istio-system/istiod is, not \"" + place + "\"");
    }
    return ROOT + "/istiod/" + place;
  }

  static String programPath(String id) {
    return ROOT + "/bin/" + SUPERVISOR + "-" + id;
  }

  static String image(NodeProgram program) {
    return "localhost/pilothouse/supervisor:" + program.id();
  }

  DockerHost host() {
    return host;
  }

  FileHashes hashes() {
    return hashes;
  }

  SharedFolders shared() {
    return shared;
  }

  boolean knows(TargetNode node, String what) {
    return installed.contains(node.container() + what);
  }

  void learn(TargetNode node, String what) {
    installed.add(node.container() + what);
  }

  void forget(TargetNode node) {
    installed.removeIf(known -> known.startsWith(node.container()));
  }

  void tell(DeliveryEvent event) {
    progress.accept(event);
  }
}
