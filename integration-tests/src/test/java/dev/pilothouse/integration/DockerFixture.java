package dev.pilothouse.integration;

import dev.pilothouse.toolbox.Command;
import dev.pilothouse.toolbox.ToolboxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The docker command. Where there is no Docker, a test is skipped, and says why. */
final class DockerFixture {
  /** A base image that the testbed makes. */
  static final String BASE = "localhost/pilothouse/base:testbed";

  private DockerFixture() {}

  static void assumeDocker() {
    try {
      Command.Result result = run("version", "--format", "{{.Server.Version}}");
      Assumptions.assumeTrue(
          result.exitCode() == 0, "SKIPPED: no Docker here: " + result.stderr().strip());
    } catch (ToolboxException e) {
      Assumptions.abort("SKIPPED: no docker command here: " + e.getMessage());
    }
  }

  static void assumeBase() {
    assumeDocker();
    Assumptions.assumeTrue(
        run("image", "inspect", BASE).exitCode() == 0,
        "SKIPPED: no image " + BASE + " here: testbed/up makes it");
  }

  static Command.Result run(String... arguments) {
    return new Command(
            Stream.concat(Stream.of("docker"), Arrays.stream(arguments)).toList(),
            Map.of(),
            Path.of("."),
            Duration.ofMinutes(1))
        .run();
  }

  /** What a command prints; it has to succeed. */
  static String output(String... arguments) {
    return new Command(
            Stream.concat(Stream.of("docker"), Arrays.stream(arguments)).toList(),
            Map.of(),
            Path.of("."),
            Duration.ofMinutes(1))
        .output()
        .strip();
  }

  /** The images without a name. */
  static List<String> unnamedImages() {
    return output("images", "-aq", "--filter", "dangling=true").lines().sorted().toList();
  }
}
