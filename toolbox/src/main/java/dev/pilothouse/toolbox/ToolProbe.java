package dev.pilothouse.toolbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks binaries for their version. An answer is kept in the cache for as long as the file stays
 * what it is (device and inode, size, time of change), because starting nine programs takes
 * seconds.
 */
final class ToolProbe {
  private static final Logger LOG = LoggerFactory.getLogger(ToolProbe.class);

  /** A cold start of a binary of 200 MB from a busy disk takes seconds. */
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  private final Path answers;
  private final Map<String, String> environment;

  ToolProbe(Path answers, Map<String, String> environment) {
    this.answers = answers;
    this.environment = environment;
  }

  /** The file is not a working binary of the tool. */
  static final class UnusableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnusableException(String reason) {
      super(reason);
    }
  }

  /**
   * The version as the binary says it, without a leading v.
   *
   * @throws UnusableException if the file is missing, cannot be run, or is another program
   */
  String version(Tool tool, Path binary) throws UnusableException {
    BasicFileAttributes attributes;
    try {
      attributes = Files.readAttributes(binary, BasicFileAttributes.class);
    } catch (IOException e) {
      throw new UnusableException("there is no such file");
    }
    if (!attributes.isRegularFile() || !Files.isExecutable(binary)) {
      throw new UnusableException("it is not an executable file");
    }
    Path answer = answers.resolve(answerName(tool, attributes));
    try {
      return Files.readString(answer);
    } catch (IOException e) {
      // Not asked yet.
    }
    String version = ask(tool, binary);
    keep(answer, version);
    return version;
  }

  private static String answerName(Tool tool, BasicFileAttributes attributes) {
    return Hash.of(
        List.of(
            tool.name(),
            String.valueOf(attributes.fileKey()),
            Long.toString(attributes.size()),
            attributes.lastModifiedTime().toString()));
  }

  private String ask(Tool tool, Path binary) throws UnusableException {
    VersionCheck check = VersionCheck.of(tool);
    String said = run(binary, check.arguments());
    Matcher version = check.version().matcher(said);
    if (!version.find()) {
      throw new UnusableException(
          "it is another program: asked for "
              + String.join(" ", check.arguments())
              + ", it says "
              + firstLine(said));
    }
    if (!check.identity().isEmpty()) {
      String help = run(binary, List.of("--help"));
      if (!help.contains(check.identity())) {
        throw new UnusableException("it is another program, whose help says " + firstLine(help));
      }
    }
    String text = version.group(1);
    return text.startsWith("v") ? text.substring(1) : text;
  }

  private String run(Path binary, List<String> arguments) throws UnusableException {
    List<String> command = new ArrayList<>();
    command.add(binary.toString());
    command.addAll(arguments);
    try {
      Command.Result result =
          new Command(command, environment, binary.toAbsolutePath().getRoot(), DEADLINE).run();
      return result.stdout() + result.stderr();
    } catch (ToolboxException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw e;
      }
      throw new UnusableException("it cannot be run: " + e.getMessage());
    }
  }

  /** The cache may be read-only: the next call asks again then. */
  private void keep(Path answer, String version) {
    try {
      Files.createDirectories(answers, PrivateFiles.DIRECTORY_MODE);
      PrivateFiles.replace(answer, version);
    } catch (IOException e) {
      LOG.debug("Cannot keep a version in {}", answers, e);
    }
  }

  private static String firstLine(String text) {
    return text.lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .findFirst()
        .map(line -> "'" + line + "'")
        .orElse("nothing");
  }
}
