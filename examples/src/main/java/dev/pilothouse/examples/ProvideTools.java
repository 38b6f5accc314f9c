package dev.pilothouse.examples;

import dev.pilothouse.source.IstioSource;
import dev.pilothouse.toolbox.IstioFiles;
import dev.pilothouse.toolbox.MissingToolsException;
import dev.pilothouse.toolbox.Tool;
import dev.pilothouse.toolbox.ToolBinary;
import dev.pilothouse.toolbox.Toolbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;

/**
 * Finds or builds every real binary that Pilothouse knows and the pinned Istio tree, and lists
 * where each is: {@code make tools}. After it, nothing else is downloaded.
 *
 * <p>With a file as argument, that gets the list too, as assignments for a shell, under the names
 * of {@link Tool#environmentVariable()}.
 */
public final class ProvideTools {
  private ProvideTools() {}

  /**
   * Provides the binaries.
   *
   * @param arguments none, or the file for a shell
   * @throws IOException if that file cannot be written
   */
  public static void main(String[] arguments) throws IOException {
    Toolbox toolbox = Toolbox.builder().listener(new ProgressPrinter(System.out)).build();
    System.out.println("Tools (cache: " + toolbox.cacheDirectory() + ")");
    try {
      Map<Tool, ToolBinary> binaries = toolbox.provision(EnumSet.allOf(Tool.class));
      IstioFiles files = toolbox.provisionIstioFiles();
      IstioSource source = IstioSource.pinned(toolbox);
      binaries.forEach(
          (tool, binary) ->
              System.out.printf(
                  "  %-16s %-46s %s%n", tool.binaryName(), binary.version(), binary.path()));
      System.out.printf("  %-16s %-46s %s%n", "source of Istio", source.version(), source.root());
      if (arguments.length > 0) {
        writeForShell(Path.of(arguments[0]), binaries, files);
      }
    } catch (MissingToolsException missing) {
      System.err.println(missing.getMessage());
      System.exit(1);
    }
  }

  private static void writeForShell(
      Path file, Map<Tool, ToolBinary> binaries, IstioFiles istioFiles) throws IOException {
    List<String> lines = new ArrayList<>();
    binaries.forEach(
        (tool, binary) -> lines.add(assignment(tool.environmentVariable(), binary.path())));
    lines.add(assignment("PILOTHOUSE_BOOTSTRAP_TEMPLATE", istioFiles.bootstrapTemplate()));
    Files.createDirectories(file.toAbsolutePath().resolveSibling(""));
    Files.write(file, lines);
  }

  /** In single quotes a shell takes every character for itself, but the quote. */
  private static String assignment(String variable, Path value) {
    return variable + "='" + value.toString().replace("'", "'\\''") + "'";
  }
}
