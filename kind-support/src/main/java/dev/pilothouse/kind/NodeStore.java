package dev.pilothouse.kind;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.api.DockerClient;
import dev.pilothouse.image.ImageException;
import dev.pilothouse.image.ImageException.Reason;
import dev.pilothouse.internal.Poll;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The images in a node's containerd, by {@code ctr} and {@code crictl} in the node. */
final class NodeStore {
  private static final List<String> CTR = List.of("ctr", "-n", "k8s.io");
  private static final Duration VISIBLE = Duration.ofMinutes(1);
  private static final Pattern ROW =
      Pattern.compile("(\\S+)\\s+\\S+\\s+(sha256:[0-9a-f]{64})\\s.*?(\\S+)\\s*");

  /** Something that writes an archive. */
  interface Archive {
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * An image of the node.
   *
   * @param name its reference
   * @param digest of its manifest
   * @param labels containerd's labels of this name
   */
  record Row(String name, String digest, Map<String, String> labels) {}

  private final DockerClient docker;
  private final URI host;
  private final String tried;
  private final TargetNode node;

  NodeStore(DockerClient docker, URI host, String tried, TargetNode node) {
    this.docker = docker;
    this.host = host;
    this.tried = tried;
    this.node = node;
  }

  /** The images of the given names, or all. */
  List<Row> list(String... names) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("images", "ls"));
    Arrays.stream(names).forEach(name -> arguments.add("name==" + name));
    return ctr(arguments).lines().flatMap(line -> row(line).stream()).toList();
  }

  private static Optional<Row> row(String line) {
    Matcher row = ROW.matcher(line);
    if (!row.matches()) {
      return Optional.empty(); // The head line.
    }
    Map<String, String> labels =
        Arrays.stream(row.group(3).split(",", -1))
            .map(label -> label.split("=", 2))
            .filter(label -> label.length == 2)
            .collect(Collectors.toMap(label -> label[0], label -> label[1], (a, b) -> b));
    return Optional.of(new Row(row.group(1), row.group(2), labels));
  }

  /** A document of the content store. */
  JsonNode document(String digest) throws IOException, InterruptedException {
    return new ObjectMapper().readTree(ctr(List.of("content", "get", digest)));
  }

  /** Imports an archive, with containerd's own options. */
  void load(Archive archive, String... options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(CTR);
    command.addAll(List.of("images", "import"));
    command.addAll(List.of(options));
    command.add("-");
    try (ExecStream stream = ExecStream.start(docker, host, node.container(), true, command)) {
      try {
        archive.writeTo(stream.input());
      } catch (IOException e) {
        throw broken(stream, e);
      }
      check(finish(stream));
    }
  }

  private ExecStream.Result finish(ExecStream stream) throws IOException, InterruptedException {
    try {
      return stream.finish();
    } catch (IOException e) {
      if (!Thread.currentThread().isInterrupted()) {
        node.checkStillThere(docker, tried, e);
      }
      throw e;
    }
  }

  /** The node's words say more than "broken pipe". */
  private IOException broken(ExecStream stream, IOException e) throws InterruptedException {
    if (Thread.currentThread().isInterrupted()) {
      return e;
    }
    try {
      check(stream.failed());
    } catch (IOException later) {
      e.addSuppressed(later);
    }
    node.checkStillThere(docker, tried, e);
    return e;
  }

  void label(String name, Map<String, String> labels) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("images", "label", name));
    labels.forEach((key, value) -> arguments.add(key + "=" + value));
    ctr(arguments);
  }

  void remove(List<String> names) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("images", "rm"));
    arguments.addAll(names);
    ctr(arguments);
  }

  /** Waits until {@code crictl}, and so kubelet, knows the image; it learns of it by an event. */
  String awaitVisible(String name) {
    return Poll.require(
        tried + ": crictl in " + node.name() + " shows " + name,
        VISIBLE,
        () -> {
          ExecStream.Result result =
              ExecStream.run(docker, host, node.container(), List.of("crictl", "inspecti", name));
          if (result.exitCode() != 0) {
            throw new Poll.NotYet(result.text());
          }
          JsonNode id = new ObjectMapper().readTree(result.stdout()).at("/status/id");
          return Optional.of(id.asText());
        });
  }

  private String ctr(List<String> arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(CTR);
    command.addAll(arguments);
    ExecStream.Result result = ExecStream.run(docker, host, node.container(), command);
    check(result);
    return result.stdout();
  }

  private void check(ExecStream.Result result) {
    if (result.exitCode() == 0) {
      return;
    }
    String said = result.text();
    node.checkStillThere(docker, tried, new IOException(said));
    boolean full = DockerFailures.isNoSpace(said);
    throw new ImageException(
        full ? Reason.NO_SPACE : Reason.NODE_REFUSED,
        tried,
        "containerd in " + node.name() + ": " + said,
        full ? "make space on the node's /var, which lies in Docker's own folder" : "",
        null,
        null);
  }
}
