package dev.pilothouse.kind;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.api.model.Container;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.toolbox.Command;
import dev.pilothouse.toolbox.ToolboxException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A node, reached by {@code docker exec}. docker-java's own exec cannot tell a command the end of
 * its input: the command waits for ever.
 */
record ContainerNode(String name, String containerId, Role role, DockerHost host)
    implements KindNode {
  private static final ObjectMapper MAPPER = new ObjectMapper();
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
    Command.Result result = exec(List.of("crictl", "images", "-o", "json"), IMAGES_DEADLINE);
    if (result.exitCode() != 0) {
      throw new PilothouseException(tried, "crictl says: " + result.stderr(), "", null, null);
    }
    try {
      List<NodeImage> images = new ArrayList<>();
      for (JsonNode image : MAPPER.readTree(result.stdout()).path("images")) {
        List<String> tags = new ArrayList<>();
        image.path("repoTags").forEach(tag -> tags.add(tag.asText()));
        images.add(new NodeImage(image.path("id").asText(), tags, image.path("size").asLong()));
      }
      return List.copyOf(images);
    } catch (JsonProcessingException e) {
      throw new PilothouseException(
          tried, "crictl's answer is no JSON: " + e.getOriginalMessage(), "", null, e);
    }
  }

  @Override
  public String toString() {
    return "KindNode[" + name + "]";
  }
}
