package dev.pilothouse.source;

import dev.pilothouse.source.IstiodBinary.Flavor;
import java.util.List;
import java.util.Map;

/**
 * How to compile. Immutable: each {@code with…} method gives a changed copy.
 *
 * <pre>{@code
 * CompileOptions.release()
 * CompileOptions.debug().withGoFlags(List.of("-modfile=/home/me/pins/go.mod"))
 * }</pre>
 *
 * @param flavor {@link Flavor#RELEASE}: as Istio releases it, trimmed and stripped; {@link
 *     Flavor#DEBUG}: not optimised, with paths and symbols, for Delve. Both are static, with the
 *     build tags as Istio builds it ({@code vtprotobuf} and {@code disable_pgv} for istiod)
 * @param buildTool what compiles
 * @param goFlags further flags to {@code go build}, each one string, as {@code -modfile=…}; with
 *     {@link BuildTool#GO} only. {@code -overlay}, {@code -ldflags} and {@code -o} are taken
 * @param environment variables for the build, over the JVM's own
 */
public record CompileOptions(
    Flavor flavor, BuildTool buildTool, List<String> goFlags, Map<String, String> environment) {

  /** What compiles. */
  public enum BuildTool {
    /** {@code go build}, of the one program: quick, and needs nothing else. */
    GO,
    /**
     * {@code make build} in the tree: the tree's own way, which builds all programs, downloads
     * Envoy and ztunnel, and leaves its results in the tree's folder {@code out}. It stamps its own
     * version. For a checkout: a vendored tree has no Makefile. It takes no edits: use a {@link
     * IstioSource#workingCopy} with them.
     */
    MAKE
  }

  /** Copies the collections and checks that they can be used together. */
  public CompileOptions {
    goFlags = List.copyOf(goFlags);
    environment = Map.copyOf(environment);
    if (flavor == Flavor.STOCK) {
      throw new IllegalArgumentException("a stock istiod is not compiled: see IstiodBinary.at");
    }
    if (goFlags.stream().anyMatch(flag -> flag.matches("--?(overlay|ldflags|o)(=.*)?"))) {
      throw new IllegalArgumentException(
          "-overlay, -ldflags and -o are taken, by edits, the version stamp and the cache: "
              + goFlags);
    }
    if (goFlags.stream().anyMatch(flag -> !flag.startsWith("-"))) {
      throw new IllegalArgumentException(
          "each flag is one string with its value, as -modfile=go.mod: " + goFlags);
    }
    if (buildTool == BuildTool.MAKE && !goFlags.isEmpty()) {
      throw new IllegalArgumentException("make takes no flags of go; try GOFLAGS: " + goFlags);
    }
  }

  /**
   * As Istio releases it, by {@code go build}.
   *
   * @return the options
   */
  public static CompileOptions release() {
    return new CompileOptions(Flavor.RELEASE, BuildTool.GO, List.of(), Map.of());
  }

  /**
   * For Delve, by {@code go build}. The first debug build compiles everything anew (minutes).
   *
   * @return the options
   */
  public static CompileOptions debug() {
    return new CompileOptions(Flavor.DEBUG, BuildTool.GO, List.of(), Map.of());
  }

  /**
   * With another build tool.
   *
   * @param tool what compiles
   * @return a copy
   */
  public CompileOptions withBuildTool(BuildTool tool) {
    return new CompileOptions(flavor, tool, goFlags, environment);
  }

  /**
   * With other flags to {@code go build}.
   *
   * @param flags the flags, in place of those before
   * @return a copy
   */
  public CompileOptions withGoFlags(List<String> flags) {
    return new CompileOptions(flavor, buildTool, flags, environment);
  }

  /**
   * With other variables.
   *
   * @param variables the variables, in place of those before
   * @return a copy
   */
  public CompileOptions withEnvironment(Map<String, String> variables) {
    return new CompileOptions(flavor, buildTool, goFlags, variables);
  }
}
