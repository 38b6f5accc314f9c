package dev.pilothouse.kind;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What this machine has left. */
final class MachineChecks {
  private static final long GIB = 1L << 30;
  private static final long KIB = 1L << 10;

  /** What kind advises for several clusters. */
  private static final long GOOD_INSTANCES = 512;

  private static final long GOOD_WATCHES = 524_288;

  private final Path cache;

  MachineChecks(Path cache) {
    this.cache = cache;
  }

  void addTo(List<Prerequisite> all) {
    all.add(inotify());
    all.add(memory());
    all.add(
        DockerChecks.disk(
            "disk of the cache", existing(cache), 2 * GIB, 5 * GIB, "go clean -cache, for one"));
  }

  private static Path existing(Path folder) {
    Path there = folder.toAbsolutePath();
    while (!Files.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    return there;
  }

  private static Prerequisite inotify() {
    String needed = GOOD_INSTANCES + " instances and " + GOOD_WATCHES + " watches";
    try {
      long instances = KernelSetting.number("fs/inotify/max_user_instances");
      long watches = KernelSetting.number("fs/inotify/max_user_watches");
      String found = instances + " instances and " + watches + " watches";
      return instances >= GOOD_INSTANCES && watches >= GOOD_WATCHES
          ? Prerequisite.ok("inotify", found, needed)
          : Prerequisite.note(
              "inotify",
              found,
              needed,
              "several clusters need more: sysctl fs.inotify.max_user_instances="
                  + GOOD_INSTANCES
                  + " fs.inotify.max_user_watches="
                  + GOOD_WATCHES);
    } catch (IOException e) {
      return Prerequisite.note("inotify", "not readable: " + e, needed, "none on Linux");
    }
  }

  private static Prerequisite memory() {
    String needed = DockerChecks.gib(2 * GIB) + ", better " + DockerChecks.gib(4 * GIB);
    try {
      for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
        if (line.startsWith("MemAvailable:")) {
          long bytes = Long.parseLong(line.replaceAll("\\D", "")) * KIB;
          String found = DockerChecks.gib(bytes) + " available";
          return bytes >= 4 * GIB
              ? Prerequisite.ok("memory", found, needed)
              : Prerequisite.note("memory", found, needed, "end what you do not need");
        }
      }
      return Prerequisite.note("memory", "not told by /proc/meminfo", needed, "look at free");
    } catch (IOException e) {
      return Prerequisite.note("memory", "not readable: " + e, needed, "none on Linux");
    }
  }
}
