package dev.pilothouse.source;

import dev.pilothouse.source.SourceException.Reason;
import dev.pilothouse.toolbox.Command;
import dev.pilothouse.toolbox.ToolboxException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Runs the git command line in one folder. It never asks anybody for a password. */
record Git(Path directory) {
  private static final Duration LOCAL = Duration.ofMinutes(2);
  private static final Duration REMOTE = Duration.ofMinutes(30);

  /** Runs a local command and gives back what came, whatever the exit code. */
  Command.Result run(String... arguments) {
    return run(LOCAL, arguments);
  }

  /** Runs a command that talks to a remote. */
  Command.Result runRemote(String... arguments) {
    return run(REMOTE, arguments);
  }

  /** Runs a local command that has to succeed; its output without the last line break. */
  String output(String tried, String... arguments) {
    Command.Result result = run(arguments);
    if (result.exitCode() != 0) {
      throw new SourceException(Reason.GIT_FAILED, tried, said(result), "", directory, null);
    }
    return result.stdout().stripTrailing();
  }

  /** What Git says went wrong. */
  static String said(Command.Result result) {
    String words = result.stderr().isBlank() ? result.stdout() : result.stderr();
    return "git exited with code " + result.exitCode() + ": " + words.strip();
  }

  private Command.Result run(Duration deadline, String... arguments) {
    List<String> command = new ArrayList<>(List.of("git", "--no-optional-locks"));
    command.addAll(List.of(arguments));
    try {
      return new Command(command, environment(), directory, deadline).run();
    } catch (ToolboxException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw e;
      }
      throw new SourceException(
          Reason.GIT_FAILED,
          "running git",
          String.valueOf(e.getMessage()),
          e.getCause() instanceof IOException ? "git has to be installed and on the PATH" : "",
          null,
          e);
    }
  }

  private static Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>();
    // Messages are read, and shown; a question would wait for ever.
    environment.put("LC_ALL", "C");
    environment.put("GIT_TERMINAL_PROMPT", "0");
    if (System.getenv("GIT_SSH_COMMAND") == null && System.getenv("GIT_SSH") == null) {
      environment.put("GIT_SSH_COMMAND", "ssh -o BatchMode=yes");
    }
    return environment;
  }
}
