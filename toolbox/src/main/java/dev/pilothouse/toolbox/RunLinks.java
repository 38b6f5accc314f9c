package dev.pilothouse.toolbox;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A folder of symbolic links, each of which gives something to a run: {@code 20731 -> mesh-3fk2a9}.
 * A link is made in one step with what it says, or not at all when there is one of that name.
 */
final class RunLinks {
  private final Path directory;

  RunLinks(Path directory) {
    this.directory = directory;
  }

  /** Returns false when it is given to somebody already. */
  boolean claim(String name, String run) throws IOException {
    try {
      Files.createSymbolicLink(directory.resolve(name), Path.of(run));
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  /** The run that has it. */
  Optional<String> owner(String name) throws IOException {
    try {
      return Optional.of(Files.readSymbolicLink(directory.resolve(name)).toString());
    } catch (NoSuchFileException | NotLinkException e) {
      return Optional.empty();
    }
  }

  /** Everything that is given away: what to whom. */
  Map<String, String> all() throws IOException {
    Map<String, String> all = new TreeMap<>();
    try (DirectoryStream<Path> links = Files.newDirectoryStream(directory)) {
      for (Path link : links) {
        String name = link.getFileName().toString();
        owner(name).ifPresent(run -> all.put(name, run));
      }
    }
    return all;
  }

  /** Only for who holds the run's lock. */
  void release(String name) throws IOException {
    Files.deleteIfExists(directory.resolve(name));
  }

  /** Only for who holds the run's lock. */
  void releaseAll(String run) throws IOException {
    for (Map.Entry<String, String> link : all().entrySet()) {
      if (link.getValue().equals(run)) {
        release(link.getKey());
      }
    }
  }
}
