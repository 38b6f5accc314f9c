package dev.pilothouse.delve.ide;

import dev.pilothouse.delve.paths.PathMapping;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How an IDE attaches to a Delve that listens: configurations for GoLand and VS Code, and Delve's
 * own command line. Where the mapping has rules, VS Code and Delve are told them; GoLand matches
 * files by itself.
 *
 * <pre>{@code
 * IdeAttachment ide = debug.ide();
 * ide.writeGoLand(Path.of("/home/me/istio"), "istiod");   // .run/istiod.run.xml
 * ide.writeVsCode(Path.of("/home/me/istio"), "istiod");   // merged into .vscode/launch.json
 * System.out.println(ide.command());                      // dlv connect 127.0.0.1:40000
 * }</pre>
 *
 * @param host where Delve listens
 * @param port its port
 * @param paths how one's own source tree lies to the paths in the binary
 */
public record IdeAttachment(String host, int port, PathMapping paths) {
  /**
   * A GoLand run configuration of the kind Go Remote, which leaves the program running when it is
   * disconnected.
   *
   * @param name its name in the IDE
   * @return XML, for a file {@code .run/NAME.run.xml} in the project
   */
  public String goLand(String name) {
    return GoLandXml.remote(name, host, port);
  }

  /**
   * Writes {@link #goLand} to {@code .run/NAME.run.xml}, over an older one.
   *
   * @param project the folder that is open in GoLand
   * @param name its name in the IDE
   * @return the file
   * @throws java.io.UncheckedIOException if it cannot be written
   */
  public Path writeGoLand(Path project, String name) {
    String file = name.replaceAll("[^\\p{L}\\p{N} ._-]", "_") + ".run.xml";
    return ConfigFiles.write(project.resolve(".run").resolve(file), goLand(name));
  }

  /**
   * A VS Code configuration of the Go extension, that attaches by DAP.
   *
   * @param name its name in the IDE
   * @return a JSON object, for the list {@code configurations} in {@code .vscode/launch.json}
   */
  public String vsCode(String name) {
    return LaunchJson.entry(name, host, port, paths);
  }

  /**
   * Puts {@link #vsCode} into {@code .vscode/launch.json}: made if it is missing, else only the
   * entry of that name is added or replaced. Comments, trailing commas and all other entries stay
   * as they are, byte by byte.
   *
   * @param workspace the folder that is open in VS Code
   * @param name its name in the IDE
   * @return the file
   * @throws IllegalArgumentException if the file is no JSON with comments, or its {@code
   *     configurations} is no list; it stays as it is then
   * @throws java.io.UncheckedIOException if it cannot be read or written
   */
  public Path writeVsCode(Path workspace, String name) {
    Path file = workspace.resolve(".vscode").resolve("launch.json");
    return ConfigFiles.write(
        file, LaunchJson.merged(ConfigFiles.read(file), name, vsCode(name), file));
  }

  /**
   * The command that attaches Delve's own terminal.
   *
   * @return the program's name and its arguments; with an {@code --init} of {@link #delveInit} it
   *     finds the sources
   */
  public List<String> command() {
    return List.of("dlv", "connect", host + ":" + port);
  }

  /**
   * What Delve's terminal has to be told to find the sources.
   *
   * @return lines for its {@code --init} file; empty without rules
   */
  public String delveInit() {
    List<String> lines = new ArrayList<>();
    for (PathMapping.Rule rule : paths.rules()) {
      lines.add(
          "config substitute-path "
              + (rule.binary().isEmpty() ? "\"\"" : quoted(rule.binary()))
              + " "
              + quoted(rule.local().toString()));
    }
    return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
  }

  private static String quoted(String path) {
    return path.contains(" ") ? '"' + path + '"' : path;
  }
}
