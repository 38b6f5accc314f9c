package dev.pilothouse.kind;

import dev.pilothouse.toolbox.Command;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A node of a kind cluster: a container. Safe for use by several threads.
 *
 * <pre>{@code
 * KindNode node = cluster.nodes().get(0);
 * node.exec(List.of("crictl", "pods"), Duration.ofSeconds(10)).stdout();
 * }</pre>
 */
public interface KindNode {
  /** What a node is for. */
  enum Role {
    /** It runs the API server and etcd, and pods too where it is alone. */
    CONTROL_PLANE,
    /** It runs pods. */
    WORKER
  }

  /**
   * The container's name, which is the Kubernetes node's name too.
   *
   * @return as {@code dev-control-plane}
   */
  String name();

  /**
   * The container's id.
   *
   * @return 64 hexadecimal digits
   */
  String containerId();

  /**
   * What it is for.
   *
   * @return its role
   */
  Role role();

  /**
   * Runs a command in the node, with empty standard input.
   *
   * @param command the program and its arguments; no shell is involved
   * @param deadline how long it may take
   * @return what came back, whatever the exit code
   * @throws dev.pilothouse.failure.PilothouseException if Docker cannot run it, it takes too long,
   *     or the thread is interrupted. The command may go on in the node then.
   */
  Command.Result exec(List<String> command, Duration deadline);

  /**
   * Runs a command in the node with a file of this machine as its standard input.
   *
   * <pre>{@code
   * node.exec(List.of("ctr", "-n", "k8s.io", "images", "import", "-"), archive, deadline);
   * }</pre>
   *
   * @param command the program and its arguments; no shell is involved
   * @param input the file
   * @param deadline how long it may take
   * @return what came back, whatever the exit code
   * @throws dev.pilothouse.failure.PilothouseException if Docker cannot run it, the file cannot be
   *     read, it takes too long, or the thread is interrupted
   */
  Command.Result exec(List<String> command, Path input, Duration deadline);

  /**
   * Runs a command in the node and streams into it. What the stream ends with, the command sees as
   * the end of its standard input. (With a file it is a little quicker.)
   *
   * @param command the program and its arguments; no shell is involved
   * @param input its standard input; read to its end, unless the command ends first, and not closed
   * @param deadline how long it may take
   * @return what came back, whatever the exit code
   * @throws dev.pilothouse.failure.PilothouseException if Docker cannot run it, the stream cannot
   *     be read, it takes too long, or the thread is interrupted. A command that is cut off so may
   *     take what it got for the whole: let it write to another place first, and then rename.
   */
  Command.Result exec(List<String> command, InputStream input, Duration deadline);

  /**
   * The images that the node's containerd holds for pods: those that {@code crictl images} lists.
   *
   * @return the images, sorted by their ids
   * @throws dev.pilothouse.failure.PilothouseException if the node does not answer
   */
  List<NodeImage> images();
}
