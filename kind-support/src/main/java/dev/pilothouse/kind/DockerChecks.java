package dev.pilothouse.kind;

import com.github.dockerjava.api.model.Info;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.toolbox.Command;
import dev.pilothouse.toolbox.ToolboxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Docker: that it answers, and what the machine gives it. */
final class DockerChecks {
  private static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final long GIB = 1L << 30;

  /** A cluster with Istio takes 1 GiB, and Go's compiler as much again. */
  private static final long LEAST_MEMORY = 2 * GIB;

  private static final long GOOD_MEMORY = 4 * GIB;
  private static final long LEAST_DISK = 3 * GIB;
  private static final long GOOD_DISK = 10 * GIB;

  /** From here on kubelet refuses cgroup v1. */
  private static final MinorVersion CGROUP_V2_ONLY = new MinorVersion(1, 35);

  private final DockerHost host;
  private final @Nullable String nodeImage;

  DockerChecks(DockerHost host, @Nullable String nodeImage) {
    this.host = host;
    this.nodeImage = nodeImage;
  }

  void addTo(List<Prerequisite> all) {
    all.add(command());
    Info info;
    try {
      info = new Docker(host).ask("asking Docker about itself", client -> client.infoCmd().exec());
    } catch (PilothouseException e) {
      String words = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      all.add(
          Prerequisite.missing(
              "Docker",
              words.replaceFirst("^asking Docker about itself: ", ""),
              "a Docker that answers",
              "start Docker, or name the right one in DOCKER_HOST"));
      return;
    }
    String version = info.getServerVersion() + " at " + host.uri();
    all.add(Prerequisite.ok("Docker", version, "one that answers"));
    all.add(cgroup(info));
    all.add(capabilities(info));
    all.add(memory(info));
    disk(info).ifPresent(all::add);
  }

  private Prerequisite command() {
    Path directory = Path.of(System.getProperty("java.io.tmpdir"));
    List<String> version = List.of("docker", "--version");
    try {
      String said = new Command(version, host.environment(), directory, DEADLINE).output();
      return Prerequisite.ok("docker command", said.strip(), "any; kind works through it");
    } catch (ToolboxException e) {
      String toDo = "install the docker command (Debian: apt-get install docker.io)";
      return Prerequisite.missing("docker command", "none on the PATH", "any", toDo);
    }
  }

  private Prerequisite cgroup(Info info) {
    String version = String.valueOf(info.getRawValues().getOrDefault("CgroupVersion", "unknown"));
    String found = "version " + version;
    if (!version.equals("1")) {
      return Prerequisite.ok("cgroup", found, "version 2");
    }
    boolean refused =
        Optional.ofNullable(nodeImage)
            .flatMap(MinorVersion::ofNodeImage)
            .filter(nodes -> nodes.compareTo(CGROUP_V2_ONLY) >= 0)
            .isPresent();
    String toDo =
        "take a node image of Kubernetes 1.34 or older, or boot the machine with cgroup v2";
    return refused
        ? Prerequisite.wrong("cgroup", found, "version 2 for " + nodeImage, toDo)
        : Prerequisite.note("cgroup", found, "version 2, from Kubernetes 1.35 on", toDo);
  }

  /** What {@code docker run --privileged} grants, Docker itself must have. */
  private static Prerequisite capabilities(Info info) {
    String name = "capabilities";
    String needed = "all of the kernel's, for privileged containers";
    try {
      List<String> missing = Capabilities.missing();
      if (missing.isEmpty()) {
        return Prerequisite.ok(name, "all", needed);
      }
      Object runtime = info.getRawValues().getOrDefault("DefaultRuntime", "runc");
      String found = "this machine lacks " + String.join(", ", missing);
      return runtime.equals("runc")
          ? Prerequisite.note(
              name, found, needed, "grant them, or give Docker a runtime that does without them")
          : Prerequisite.ok(name, found + "; Docker's runtime is " + runtime, needed);
    } catch (IOException e) {
      return Prerequisite.note(name, "not readable: " + e, needed, "none on Linux: look at /proc");
    }
  }

  private static Prerequisite memory(Info info) {
    Long total = info.getMemTotal();
    long bytes = total == null ? 0 : total;
    String found = gib(bytes) + ", " + info.getNCPU() + " CPUs";
    String needed = gib(LEAST_MEMORY) + ", better " + gib(GOOD_MEMORY);
    String toDo = "give Docker's machine more memory";
    if (bytes < LEAST_MEMORY) {
      return Prerequisite.wrong("memory of Docker", found, needed, toDo);
    }
    return bytes < GOOD_MEMORY
        ? Prerequisite.note("memory of Docker", found, needed, toDo)
        : Prerequisite.ok("memory of Docker", found, needed);
  }

  /** Nothing can be said of a Docker on another machine. */
  private static Optional<Prerequisite> disk(Info info) {
    Path root = Path.of(String.valueOf(info.getDockerRootDir()));
    return Files.isDirectory(root)
        ? Optional.of(disk("disk of Docker", root, LEAST_DISK, GOOD_DISK, "docker system prune"))
        : Optional.empty();
  }

  static Prerequisite disk(String name, Path folder, long least, long good, String toDo) {
    String needed = gib(least) + ", better " + gib(good);
    try {
      long free = Files.getFileStore(folder).getUsableSpace();
      String found = gib(free) + " free at " + folder;
      if (free < least) {
        return Prerequisite.wrong(name, found, needed, "make space: " + toDo);
      }
      return free < good
          ? Prerequisite.note(name, found, needed, "make space: " + toDo)
          : Prerequisite.ok(name, found, needed);
    } catch (IOException e) {
      return Prerequisite.note(name, "not readable: " + e, needed, "look at " + folder);
    }
  }

  static String gib(long bytes) {
    return String.format(Locale.ROOT, "%.1f GiB", bytes / (double) GIB);
  }
}
