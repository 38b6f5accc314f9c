package dev.pilothouse.kind;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.NotFoundException;
import dev.pilothouse.image.DeliveredIstiod.NodeIstiod;
import dev.pilothouse.image.DeliveryEvent;
import dev.pilothouse.image.ImageException;
import dev.pilothouse.image.ImageException.Reason;
import dev.pilothouse.image.ImageLabels;
import dev.pilothouse.kind.ImageContent.ImageFile;
import dev.pilothouse.kind.NodePrograms.NodeProgram;
import dev.pilothouse.toolbox.Command;
import dev.pilothouse.toolbox.ToolboxException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/**
 * One hot swap in one node. Our program takes the binary: in the node, by a stream through Docker;
 * or on this machine, where the node's folder lies here too, which saves the stream.
 */
final class NodeSwap {
  private static final Duration COPY_DEADLINE = Duration.ofMinutes(2);

  private final HotSwap swap;
  private final DockerClient docker;
  private final URI uri;
  private final String tried;
  private final TargetNode node;
  private final NodeProgram program;
  private final String image;

  NodeSwap(HotSwap swap, DockerClient docker, String tried, TargetNode node, NodeProgram program) {
    this.swap = swap;
    this.docker = docker;
    this.uri = swap.host().uri();
    this.tried = tried;
    this.node = node;
    this.program = program;
    this.image = HotSwap.image(program);
  }

  /** Whether the node got something that it did not run. */
  boolean deliver(Path binary, String directory, Future<String> id)
      throws IOException, InterruptedException {
    boolean done = false;
    try {
      long start = System.nanoTime();
      String answer = take(binary, directory, id);
      done = true;
      if (answer.equals("same")) {
        swap.tell(new DeliveryEvent.Unchanged(node.name(), directory));
        return false;
      }
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      swap.tell(new DeliveryEvent.Delivered(node.name(), directory, took));
      return true;
    } catch (IOException e) {
      if (!Thread.currentThread().isInterrupted()) {
        node.checkStillThere(docker, tried, e);
      }
      throw e;
    } finally {
      if (!done) {
        swap.forget(node); // Perhaps somebody deleted something.
      }
    }
  }

  /** Gives our program's answer. */
  private String take(Path binary, String directory, Future<String> id)
      throws IOException, InterruptedException {
    boolean complete = swap.knows(node, image);
    Optional<Path> here = complete ? swap.shared().find(docker, node, directory) : Optional.empty();
    return here.isPresent()
        ? takeHere(binary, directory, here.get(), known(id))
        : stream(binary, directory, id);
  }

  private static String known(Future<String> id) throws InterruptedException {
    try {
      return id.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof ImageException known ? known : new IllegalStateException(e);
    }
  }

  private String takeHere(Path binary, String directory, Path place, String id)
      throws IOException, InterruptedException {
    long size = Files.size(binary);
    String wish = id + " " + size + " " + binary.toAbsolutePath() + "\n";
    Command command =
        new Command(
            List.of(program.file().toString(), "take", place.toString(), ""),
            Map.of(),
            Path.of("/"),
            COPY_DEADLINE);
    Command.Result result;
    try {
      result = command.run(new ByteArrayInputStream(wish.getBytes(StandardCharsets.UTF_8)));
    } catch (ToolboxException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      throw refused(String.valueOf(e.getMessage()));
    }
    ExecStream.Result said =
        new ExecStream.Result(result.exitCode(), result.stdout(), result.stderr());
    if (said.exitCode() != 0) {
      throw refused(said.text());
    }
    String answer = said.stdout().lines().findFirst().orElse("");
    sending(answer, directory, size);
    return answer;
  }

  private void sending(String answer, String directory, long size) {
    if (answer.equals("send")) {
      swap.tell(new DeliveryEvent.Sending(node.name(), directory, size, 0));
    } else if (answer.equals("have")) {
      swap.tell(new DeliveryEvent.Sending(node.name(), directory, 0, size));
    }
  }

  private String stream(Path binary, String directory, Future<String> id)
      throws IOException, InterruptedException {
    String path = HotSwap.programPath(program.id());
    if (!swap.knows(node, path)) {
      install(path);
    }
    long size = Files.size(binary);
    List<String> command = List.of(path, "take", directory, image);
    try (ExecStream stream = ExecStream.start(docker, uri, node.container(), true, command)) {
      String wish = known(id) + " " + size + "\n"; // The program waits for it.
      write(stream, out -> out.write(wish.getBytes(StandardCharsets.US_ASCII)));
      String answer = stream.firstLine();
      sending(answer, directory, size);
      if (answer.equals("send")) {
        write(stream, out -> TarWriter.copy(binary, size, out));
      }
      ExecStream.Result result = stream.finish();
      if (result.exitCode() != 0) {
        throw refused(result.text());
      }
      if (!result.stdout().contains("image present")) {
        loadSupervisor();
      }
      swap.learn(node, image);
      return answer;
    }
  }

  /** The node's words say more than "broken pipe". */
  private void write(ExecStream stream, NodeStore.Archive content)
      throws IOException, InterruptedException {
    try {
      content.writeTo(stream.input());
    } catch (IOException e) {
      if (!Thread.currentThread().isInterrupted()) {
        ExecStream.Result result = stream.failed();
        if (result.exitCode() > 0) {
          throw refused(result.text());
        }
      }
      throw e;
    }
  }

  /** Brings our program into the node where it is missing. */
  private void install(String path) throws IOException {
    if (!isThere(path)) {
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
    swap.learn(node, path);
  }

  private boolean isThere(String path) throws IOException {
    try (InputStream file = docker.copyArchiveFromContainerCmd(node.container(), path).exec()) {
      return file.read() >= 0;
    } catch (NotFoundException e) {
      return false;
    }
  }

  private ImageException refused(String said) {
    node.checkStillThere(docker, tried, new IOException(said));
    boolean full = DockerFailures.isNoSpace(said);
    return new ImageException(
        full ? Reason.NO_SPACE : Reason.NODE_REFUSED,
        tried,
        node.name() + ": " + said,
        full ? "make space on the node's /var, which lies in Docker's own folder" : "",
        null,
        null);
  }

  private void loadSupervisor() throws IOException, InterruptedException {
    ImageFile file = ImageFile.of(tried, swap.hashes(), HotSwap.SUPERVISOR, 0755, program.file());
    ImageContent content =
        new ImageContent(
            node.architecture(),
            List.of(file),
            "1337:1337",
            List.of("/" + HotSwap.SUPERVISOR, "supervise", NodeIstiod.MOUNT_PATH),
            Map.of(ImageLabels.CONTENT, program.id()));
    NodeStore store = new NodeStore(docker, uri, tried, node);
    store.load(out -> new OciArchive(image, content, NodeBase.scratch()).writeTo(out));
    store.awaitVisible(image);
  }
}
