package dev.pilothouse.kind;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse.Mount;
import java.io.IOException;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds where a folder of a node lies on this machine: in a volume of Docker or a mounted folder
 * that this user may write to. Docker may be another machine's, with the same paths, so it is tried
 * out.
 */
final class SharedFolders {
  private final URI host;

  /** By container and folder; empty where there is none. */
  private final Map<String, Optional<Path>> known = new ConcurrentHashMap<>();

  SharedFolders(URI host) {
    this.host = host;
  }

  /**
   * Where it lies here.
   *
   * @param folder a folder that is there, in the node
   */
  Optional<Path> find(DockerClient docker, TargetNode node, String folder)
      throws IOException, InterruptedException {
    Optional<Path> found = known.get(node.container() + folder);
    if (found == null) {
      found = look(docker, node, folder);
      known.put(node.container() + folder, found);
    }
    return found;
  }

  private Optional<Path> look(DockerClient docker, TargetNode node, String folder)
      throws IOException, InterruptedException {
    List<Mount> mounts = docker.inspectContainerCmd(node.container()).exec().getMounts();
    Optional<Path> here =
        (mounts == null ? List.<Mount>of() : mounts)
            .stream()
                .filter(mount -> mount.getSource() != null && mount.getDestination() != null)
                .filter(mount -> Path.of(folder).startsWith(mount.getDestination().getPath()))
                .max(Comparator.comparing(mount -> mount.getDestination().getPath().length()))
                .map(
                    mount ->
                        Path.of(mount.getSource())
                            .resolve(
                                Path.of(mount.getDestination().getPath())
                                    .relativize(Path.of(folder))));
    return here.isPresent() && isSame(docker, node, folder, here.get()) ? here : Optional.empty();
  }

  /**
   * Whether a file that appears there can be deleted here. The node itself makes it: only the node
   * sees what it has mounted within.
   */
  private boolean isSame(DockerClient docker, TargetNode node, String folder, Path here)
      throws IOException, InterruptedException {
    String name = ".here-" + UUID.randomUUID();
    String there = folder + "/" + name;
    ExecStream.run(docker, host, node.container(), List.of("touch", there));
    try {
      Files.delete(here.resolve(name));
      return true;
    } catch (NoSuchFileException | AccessDeniedException e) {
      ExecStream.run(docker, host, node.container(), List.of("rm", "-f", there));
      return false;
    }
  }
}
