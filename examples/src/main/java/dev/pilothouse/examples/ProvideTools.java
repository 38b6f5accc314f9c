package dev.pilothouse.examples;

import dev.pilothouse.source.IstioSource;
import dev.pilothouse.toolbox.MissingToolsException;
import dev.pilothouse.toolbox.Tool;
import dev.pilothouse.toolbox.ToolBinary;
import dev.pilothouse.toolbox.Toolbox;
import java.util.EnumSet;
import java.util.Map;

/**
 * Finds or builds every real binary that Pilothouse knows and the pinned Istio tree, and lists
 * where each is: {@code make tools}. After it, nothing else is downloaded.
 */
public final class ProvideTools {
  private ProvideTools() {}

  /**
   * Provides the binaries.
   *
   * @param arguments none
   */
  public static void main(String[] arguments) {
    Toolbox toolbox = Toolbox.builder().listener(new ProgressPrinter(System.out)).build();
    System.out.println("Tools (cache: " + toolbox.cacheDirectory() + ")");
    try {
      Map<Tool, ToolBinary> binaries = toolbox.provision(EnumSet.allOf(Tool.class));
      toolbox.provisionIstioFiles();
      IstioSource source = IstioSource.pinned(toolbox);
      binaries.forEach(
          (tool, binary) ->
              System.out.printf(
                  "  %-16s %-46s %s%n", tool.binaryName(), binary.version(), binary.path()));
      System.out.printf("  %-16s %-46s %s%n", "source of Istio", source.version(), source.root());
    } catch (MissingToolsException missing) {
      System.err.println(missing.getMessage());
      System.exit(1);
    }
  }
}
