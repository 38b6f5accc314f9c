package dev.pilothouse.toolbox;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Looks programs up on the PATH. */
final class SearchPath {
  private SearchPath() {}

  /** All executable files of this name, in the PATH's order. */
  static List<Path> all(String program, Map<String, String> environment) {
    List<Path> found = new ArrayList<>();
    for (String folder : environment.getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
      // An empty element means the working directory: a library must not run what lies there.
      if (folder.isEmpty()) {
        continue;
      }
      try {
        Path candidate = Path.of(folder, program).toAbsolutePath();
        if (Files.isRegularFile(candidate)
            && Files.isExecutable(candidate)
            && !found.contains(candidate)) {
          found.add(candidate);
        }
      } catch (InvalidPathException e) {
        // An element that is no path holds no program.
      }
    }
    return found;
  }
}
