package dev.pilothouse.kind;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.EvenIfInterrupted;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Questions to Docker. Each has a client of its own, so nothing stays open. An interrupted thread
 * is answered with an exception; {@link EvenIfInterrupted} is for what has to be cleaned up.
 */
final class Docker {
  /** Containers of kind bear the cluster's name here. */
  static final String CLUSTER_LABEL = "io.x-k8s.kind.cluster";

  /** Containers of kind bear what they are for here. */
  static final String ROLE_LABEL = "io.x-k8s.kind.role";

  /**
   * A Docker that is busy may take long to list its containers; one that hangs must not hang us.
   */
  private static final Duration SILENCE = Duration.ofSeconds(60);

  /** Docker's word for the architecture of a machine, to that of an image. */
  private static final Map<String, String> ARCHITECTURES =
      Map.of("x86_64", "amd64", "aarch64", "arm64", "armv7l", "arm");

  private final DockerHost host;

  Docker(DockerHost host) {
    this.host = host;
  }

  DockerHost host() {
    return host;
  }

  /** Whether it answers. */
  void ping(String tried) {
    this.<Object>ask(tried, client -> client.pingCmd().exec());
  }

  /** The containers of all kind clusters, those that do not run included. */
  List<Container> kindContainers(String tried) {
    return ask(
        tried,
        client ->
            client
                .listContainersCmd()
                .withShowAll(true)
                .withLabelFilter(List.of(CLUSTER_LABEL))
                .exec());
  }

  /** The containers of one kind cluster, those that do not run included. */
  List<Container> kindContainers(String tried, String cluster) {
    return ask(
        tried,
        client ->
            client
                .listContainersCmd()
                .withShowAll(true)
                .withLabelFilter(Map.of(CLUSTER_LABEL, cluster))
                .exec());
  }

  /**
   * Removes a container with its volumes. Docker may list it a moment longer, as when somebody else
   * removes it just now.
   */
  void remove(String tried, String id) {
    var unused =
        ask(
            tried,
            client -> {
              try {
                client.removeContainerCmd(id).withForce(true).withRemoveVolumes(true).exec();
                return true;
              } catch (NotFoundException | ConflictException e) {
                return false;
              }
            });
  }

  /**
   * Refuses images that are for another architecture than Docker's machine: they fail late, with
   * words that are hard to read. Those that Docker lacks are none of its business.
   *
   * @param what what they are, as {@code node image}
   */
  void refuseForeign(String tried, String what, Collection<String> images) {
    if (images.isEmpty()) {
      return;
    }
    String raw = ask(tried, client -> String.valueOf(client.infoCmd().exec().getArchitecture()));
    String machine = ARCHITECTURES.getOrDefault(raw, raw);
    for (String image : images) {
      String own = ask(tried, client -> architecture(client, image));
      if (!own.isEmpty() && !machine.equals(own)) {
        throw new PilothouseException(
            tried,
            what + " " + image + " is for " + own + ", and Docker's machine is " + machine,
            "take one for " + machine,
            null,
            null);
      }
    }
  }

  private static String architecture(DockerClient client, String image) {
    try {
      String own = client.inspectImageCmd(image).exec().getArch();
      return own == null ? "" : own;
    } catch (NotFoundException e) {
      return "";
    }
  }

  /**
   * Asks and explains what goes wrong.
   *
   * @throws PilothouseException if there is no answer, or it is an error
   */
  <T> T ask(String tried, Function<DockerClient, T> question) {
    try (DockerClient client = host.client(SILENCE)) {
      return question.apply(client);
    } catch (PilothouseException e) {
      throw e;
    } catch (DockerException e) {
      throw new PilothouseException(tried, words(e), "", null, e);
    } catch (IOException | RuntimeException e) {
      throw unreachable(tried, e);
    }
  }

  /** Docker's own words. */
  static String words(DockerException e) {
    String message = String.valueOf(e.getMessage()).strip();
    String json = message.replaceFirst("^Status \\d+: ", "");
    return "Docker says: " + json.replaceFirst("^\\{\"message\":\"(.*)\"}$", "$1");
  }

  private PilothouseException unreachable(String tried, Exception e) {
    if (Thread.currentThread().isInterrupted()) {
      return new PilothouseException(tried, "this thread was interrupted", "", null, e);
    }
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String reason = root.getMessage() == null ? root.toString() : root.getMessage();
    String toDo =
        reason.contains("Permission denied")
            ? "let your user use Docker: usermod -aG docker $USER, and log in again"
            : "start Docker, or name the right one in DOCKER_HOST; docker info tells whether it"
                + " answers";
    return new PilothouseException(
        tried, "Docker does not answer at " + host.uri() + ": " + reason, toDo, null, e);
  }
}
