package dev.pilothouse.istiod;

import dev.pilothouse.toolbox.Tool;
import dev.pilothouse.toolbox.Toolbox;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How an istiod is started under Delve. It runs at once; a session, an IDE, or several attach when
 * they like.
 *
 * <pre>{@code
 * IstiodSpec.defaults().withDelve(DelveLaunch.of(toolbox))
 * }</pre>
 *
 * <p>A debug build ({@code CompileOptions.debug()}) is wanted; any other runs as well, and shows
 * little.
 *
 * @param dlv the debugger
 * @param port where it listens, on loopback; 0 for any port that is free
 */
public record DelveLaunch(Path dlv, int port) {
  /**
   * With the toolbox's Delve, on any port that is free.
   *
   * @param toolbox where Delve is
   * @return how to start it
   * @throws dev.pilothouse.toolbox.MissingToolsException if there is none
   */
  public static DelveLaunch of(Toolbox toolbox) {
    return new DelveLaunch(toolbox.require(Tool.DLV).path(), 0);
  }

  /**
   * On a port of the caller's choice.
   *
   * @param value the port, as 40000
   * @return a copy
   */
  public DelveLaunch withPort(int value) {
    return new DelveLaunch(dlv, value);
  }

  /** The command under Delve. */
  List<String> command(int listen, List<String> program) {
    List<String> command =
        new ArrayList<>(
            List.of(
                dlv.toString(),
                "exec",
                "--headless",
                "--continue",
                "--accept-multiclient",
                "--api-version=2",
                "--check-go-version=false",
                "--listen=127.0.0.1:" + listen,
                program.get(0),
                "--"));
    command.addAll(program.subList(1, program.size()));
    return command;
  }
}
