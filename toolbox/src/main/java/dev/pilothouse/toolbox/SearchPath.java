package dev.pilothouse.toolbox;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks programs up on the PATH. */
final class SearchPath {
  private static final Logger LOG = LoggerFactory.getLogger(SearchPath.class);

  private SearchPath() {}

  /** All executable files of this name, in the PATH's order; a file of two names but once. */
  static List<Path> all(String program, Map<String, String> environment) {
    Map<Path, Path> found = new LinkedHashMap<>();
    for (String folder : environment.getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
      // An empty element means the working directory: a library must not run what lies there.
      if (folder.isEmpty()) {
        continue;
      }
      try {
        Path candidate = Path.of(folder, program).toAbsolutePath();
        if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
          found.putIfAbsent(candidate.toRealPath(), candidate);
        }
      } catch (InvalidPathException | IOException e) {
        LOG.debug("Passing over {} on the PATH", folder, e);
      }
    }
    return List.copyOf(found.values());
  }
}
