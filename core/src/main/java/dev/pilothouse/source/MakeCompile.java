package dev.pilothouse.source;

import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.source.CompileFailedException.CompileError;
import dev.pilothouse.source.IstiodBinary.Flavor;
import dev.pilothouse.toolbox.Command;
import dev.pilothouse.toolbox.GoBuild;
import dev.pilothouse.toolbox.ToolboxException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Compiles by {@code make build} in the tree, and fetches the result from its folder out. */
record MakeCompile(BuildPlan plan) {
  private static final Duration DEADLINE = Duration.ofHours(2);
  private static final int SHOWN_LINES = 40;

  Path into(Path folder) throws IOException {
    Path directory = plan.tree().moduleDirectory();
    Map<String, String> environment = new HashMap<>();
    // Not in a container: that needs Docker, and Istio's image with its build tools.
    environment.put("BUILD_WITH_CONTAINER", "0");
    if (plan.options().flavor() == Flavor.DEBUG) {
      environment.put("DEBUG", "1");
    }
    environment.putAll(plan.environment());
    Command.Result result =
        run(new Command(List.of("make", "build"), environment, directory, DEADLINE));
    if (result.exitCode() != 0) {
      throw failed(result);
    }
    Path made =
        newest(directory.resolve("out"))
            .orElseThrow(
                () ->
                    new PilothouseException(
                        tried(),
                        "make succeeded, but there is no "
                            + plan.program().binaryName()
                            + " below "
                            + directory.resolve("out"),
                        "",
                        directory.resolve("out"),
                        null));
    Path binary = folder.resolve(plan.program().binaryName());
    Files.copy(made, binary);
    return binary;
  }

  private Command.Result run(Command command) {
    try {
      return command.run();
    } catch (ToolboxException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw e;
      }
      throw new PilothouseException(
          tried(), String.valueOf(e.getMessage()), "make has to be on the PATH", null, e);
    }
  }

  private Optional<Path> newest(Path out) throws IOException {
    if (!Files.isDirectory(out)) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.walk(out)) {
      return files
          .filter(file -> file.getFileName().toString().equals(plan.program().binaryName()))
          .filter(Files::isRegularFile)
          .max(Comparator.comparing(MakeCompile::modified));
    }
  }

  private static FileTime modified(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private CompileFailedException failed(Command.Result result) {
    String output = result.stdout() + "\n" + result.stderr();
    List<CompileError> errors =
        CompileErrors.of(plan.tree(), GoBuild.Message.parse(plan.tree().moduleDirectory(), output));
    List<String> lines = output.lines().filter(line -> !line.isBlank()).toList();
    String end =
        lines.stream()
            .skip(Math.max(0, lines.size() - SHOWN_LINES))
            .collect(Collectors.joining("\n  "));
    return new CompileFailedException(
        tried(), "exit code " + result.exitCode() + "\n  " + end, "", errors, null, null);
  }

  private String tried() {
    return "make build in " + plan.tree().moduleDirectory();
  }
}
