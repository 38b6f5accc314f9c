package dev.pilothouse.kind;

import com.github.dockerjava.api.model.Container;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.toolbox.Command;
import dev.pilothouse.toolbox.ToolboxException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A node, reached by {@code docker exec}. docker-java's own exec cannot tell a command the end of
 * its input: the command waits for ever.
 */
record ContainerNode(String name, String containerId, Role role, DockerHost host)
    implements KindNode {
  private static final Duration IMAGES_DEADLINE = Duration.ofSeconds(30);
  private static final List<String> DOCKERS_OWN_FAILURES =
      List.of("Error response from daemon", "Error: No such container", "Cannot connect to");

  static ContainerNode of(Container container, DockerHost host) {
    Role role =
        "worker".equals(container.getLabels().get(Docker.ROLE_LABEL))
            ? Role.WORKER
            : Role.CONTROL_PLANE;
    return new ContainerNode(FoundCluster.nameOf(container), container.getId(), role, host);
  }

  @Override
  public Command.Result exec(List<String> command, Duration deadline) {
    return exec(List.of(), command, deadline, Command::run);
  }

  @Override
  public Command.Result exec(List<String> command, Path input, Duration deadline) {
    return exec(List.of("-i"), command, deadline, docker -> docker.run(input));
  }

  @Override
  public Command.Result exec(List<String> command, InputStream input, Duration deadline) {
    return exec(List.of("-i"), command, deadline, docker -> docker.run(input));
  }

  private Command.Result exec(
      List<String> options,
      List<String> command,
      Duration deadline,
      Function<Command, Command.Result> way) {
    String tried = "running " + String.join(" ", command) + " in node " + name;
    List<String> docker =
        Stream.of(List.of("docker", "exec"), options, List.of(containerId), command)
            .flatMap(List::stream)
            .toList();
    Path directory = Path.of(System.getProperty("java.io.tmpdir"));
    Command.Result result;
    try {
      result = way.apply(new Command(docker, host.environment(), directory, deadline));
    } catch (ToolboxException e) {
      throw new PilothouseException(tried, e.summary(), "", null, e);
    }
    if (result.exitCode() != 0
        && DOCKERS_OWN_FAILURES.stream().anyMatch(result.stderr()::startsWith)) {
      throw new PilothouseException(
          tried, result.stderr().strip(), "see whether the node runs (docker ps -a)", null, null);
    }
    return result;
  }

  @Override
  public List<NodeImage> images() {
    String tried = "listing the images of node " + name;
    Command.Result result = exec(List.of("ctr", "-n", "k8s.io", "images", "ls"), IMAGES_DEADLINE);
    if (result.exitCode() != 0) {
      String words = "containerd says: " + result.stderr().strip();
      throw new PilothouseException(tried, words, "", null, null);
    }
    return NodeImages.parse(result.stdout());
  }

  @Override
  public String toString() {
    return "KindNode[" + name + "]";
  }
}
