package dev.pilothouse.source;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;

/** The programs that run at this moment, as far as this user may see. */
record RunningBinaries(Set<Path> paths) {
  static RunningBinaries now() {
    return new RunningBinaries(
        ProcessHandle.allProcesses()
            .flatMap(process -> process.info().command().stream())
            .map(Path::of)
            .collect(Collectors.toSet()));
  }

  /** Whether one of them lies below a folder. */
  boolean isFrom(Path folder) {
    try {
      Path real = folder.toRealPath();
      return paths.stream().anyMatch(path -> path.startsWith(real));
    } catch (IOException e) {
      return false; // The folder is gone.
    }
  }
}
