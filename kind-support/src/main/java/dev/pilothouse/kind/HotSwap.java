package dev.pilothouse.kind;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.NotFoundException;
import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.image.DeliveredIstiod;
import dev.pilothouse.image.DeliveredIstiod.NodeIstiod;
import dev.pilothouse.image.Delivery;
import dev.pilothouse.image.DeliveryEvent;
import dev.pilothouse.image.ImageException;
import dev.pilothouse.image.ImageException.Reason;
import dev.pilothouse.image.ImageLabels;
import dev.pilothouse.kind.ImageContent.ImageFile;
import dev.pilothouse.kind.NodePrograms.NodeProgram;
import dev.pilothouse.source.IstiodBinary;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Streams the binary into a directory of each node, where a supervisor in the pod runs it. */
final class HotSwap implements Delivery {
  private static final String ROOT = "/var/lib/pilothouse";
  private static final String SUPERVISOR = "pilothouse-node";
  private static final Pattern PLACE =
      Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9._-]*(/[a-zA-Z0-9][a-zA-Z0-9._-]*)*");

  private final DockerHost host;
  private final NodePrograms programs;
  private final Consumer<DeliveryEvent> progress;
  private final FileHashes hashes = new FileHashes();

  /** Where our program is known to be: the node's container and the path. */
  private final Set<String> installed = ConcurrentHashMap.newKeySet();

  HotSwap(DockerHost host, NodePrograms programs, Consumer<DeliveryEvent> progress) {
    this.host = host;
    this.programs = programs;
    this.progress = progress;
  }

  @Override
  public DeliveredIstiod deliver(IstiodBinary binary, Cluster target, String place) {
    String tried = "bringing " + binary.path() + " to the nodes of " + target.name();
    String directory = directory(place);
    String architecture = ElfFile.read(tried, binary.path()).architecture();
    NodeProgram program = programs.forArchitecture(architecture);
    String image = "localhost/pilothouse/supervisor:" + program.id();
    String id = hashes.of(tried, binary.path());
    return new DockerFailures(tried, host)
        .guard(
            () -> {
              try (DockerClient docker = host.client()) {
                boolean changed = false;
                List<TargetNode> nodes = TargetNode.of(tried, target, docker);
                nodes.forEach(node -> node.checkArchitecture(tried, "istiod", architecture));
                for (TargetNode node : nodes) {
                  Sent sent = new Sent(docker, tried, node, program, image);
                  changed |= sent.deliver(binary.path(), directory, id);
                }
                return new NodeIstiod(image, directory, changed);
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
                for (TargetNode node : TargetNode.of(tried, target, docker)) {
                  back(docker, tried, node, programPath(id), swapped.nodeDirectory());
                }
                return true;
              }
            });
  }

  private void back(
      DockerClient docker, String tried, TargetNode node, String program, String directory)
      throws IOException, InterruptedException {
    ExecStream.Result result =
        ExecStream.run(docker, host.uri(), node.container(), List.of(program, "back", directory));
    if (result.exitCode() != 0) {
      throw new ImageException(
          Reason.NOTHING_BEFORE, tried, node.name() + ": " + result.text(), "", null, null);
    }
  }

  private static String directory(String place) {
    if (!PLACE.matcher(place).matches() || place.contains("..")) {
      throw new IllegalArgumentException(
          "a place is named as istio-system/istiod is, not \"" + place + "\"");
    }
    return ROOT + "/istiod/" + place;
  }

  private static String programPath(String id) {
    return ROOT + "/bin/" + SUPERVISOR + "-" + id;
  }

  /** One delivery to one node. */
  private final class Sent {
    private final DockerClient docker;
    private final URI uri = host.uri();
    private final String tried;
    private final TargetNode node;
    private final NodeProgram program;
    private final String image;

    Sent(DockerClient docker, String tried, TargetNode node, NodeProgram program, String image) {
      this.docker = docker;
      this.tried = tried;
      this.node = node;
      this.program = program;
      this.image = image;
    }

    boolean deliver(Path binary, String directory, String id)
        throws IOException, InterruptedException {
      try {
        return send(binary, directory, id);
      } catch (IOException e) {
        if (!Thread.currentThread().isInterrupted()) {
          node.checkStillThere(docker, tried, e);
        }
        throw e;
      }
    }

    private boolean send(Path binary, String directory, String id)
        throws IOException, InterruptedException {
      long size = Files.size(binary);
      List<String> command =
          List.of(programPath(program.id()), "take", directory, id, Long.toString(size), image);
      try (ExecStream stream = start(command)) {
        long start = System.nanoTime();
        String wish = stream.firstLine();
        if (wish.equals("send")) {
          progress.accept(new DeliveryEvent.Sending(node.name(), directory, size, 0));
          write(binary, size, stream);
        } else if (wish.equals("have")) {
          progress.accept(new DeliveryEvent.Sending(node.name(), directory, 0, size));
        }
        ExecStream.Result result = stream.finish();
        if (result.exitCode() != 0) {
          installed.remove(node.container() + command.get(0)); // Perhaps somebody deleted it.
          throw refused(result);
        }
        if (!result.stdout().contains("image present")) {
          loadSupervisor();
        }
        if (wish.equals("same")) {
          progress.accept(new DeliveryEvent.Unchanged(node.name(), directory));
          return false;
        }
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        progress.accept(new DeliveryEvent.Delivered(node.name(), directory, took));
        return true;
      }
    }

    /** The node's words say more than "broken pipe". */
    private void write(Path binary, long size, ExecStream stream)
        throws IOException, InterruptedException {
      try {
        TarWriter.copy(binary, size, stream.input());
      } catch (IOException e) {
        if (!Thread.currentThread().isInterrupted()) {
          ExecStream.Result result = stream.failed();
          if (result.exitCode() > 0) {
            throw refused(result);
          }
        }
        throw e;
      }
    }

    /** Starts our program in the node, and brings it there first where it is missing. */
    private ExecStream start(List<String> command) throws IOException {
      String path = command.get(0);
      if (installed.add(node.container() + path) && !isThere(path)) {
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        TarWriter tar = new TarWriter(archive);
        tar.directory("pilothouse");
        tar.directory("pilothouse/bin");
        tar.file(path.substring("/var/lib/".length()), 0755, Files.readAllBytes(program.file()));
        tar.end();
        docker
            .copyArchiveToContainerCmd(node.container())
            .withRemotePath("/var/lib")
            .withTarInputStream(new ByteArrayInputStream(archive.toByteArray()))
            .exec();
      }
      return ExecStream.start(docker, uri, node.container(), true, command);
    }

    private boolean isThere(String path) throws IOException {
      try (InputStream file = docker.copyArchiveFromContainerCmd(node.container(), path).exec()) {
        return file.read() >= 0;
      } catch (NotFoundException e) {
        return false;
      }
    }

    private ImageException refused(ExecStream.Result result) {
      node.checkStillThere(docker, tried, new IOException(result.text()));
      boolean full = DockerFailures.isNoSpace(result.text());
      return new ImageException(
          full ? Reason.NO_SPACE : Reason.NODE_REFUSED,
          tried,
          node.name() + ": " + result.text(),
          full ? "make space on the node's /var, which lies in Docker's own folder" : "",
          null,
          null);
    }

    private void loadSupervisor() throws IOException, InterruptedException {
      ImageFile file = ImageFile.of(tried, hashes, SUPERVISOR, 0755, program.file());
      ImageContent content =
          new ImageContent(
              node.architecture(),
              List.of(file),
              "1337:1337",
              List.of("/" + SUPERVISOR, "supervise", NodeIstiod.MOUNT_PATH),
              Map.of(ImageLabels.CONTENT, program.id()));
      NodeStore store = new NodeStore(docker, uri, tried, node);
      store.load(out -> new OciArchive(image, content, NodeBase.scratch()).writeTo(out));
      store.awaitVisible(image);
    }
  }
}
