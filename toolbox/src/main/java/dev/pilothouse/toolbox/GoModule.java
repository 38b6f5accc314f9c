package dev.pilothouse.toolbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Go module definition that Pilothouse ships: a go.mod and a complete go.sum that pin one
 * upstream module and all that it depends on. The tools of a module are named in its go.mod as
 * {@code tool} lines, so {@code go mod vendor} in a folder that was written by {@link #writeTo}
 * gives all the sources that its tools are made of.
 *
 * <pre>{@code
 * GoModule.ISTIO.writeTo(folder);   // folder/go.mod and folder/go.sum
 * // then, in that folder: go mod vendor
 * }</pre>
 */
public enum GoModule {
  /** etcd's server. */
  ETCD("go.etcd.io/etcd/server/v3"),
  /** Kubernetes: the API server and kubectl. */
  KUBERNETES("k8s.io/kubernetes"),
  /** Istio: istiod, istioctl and the agent. */
  ISTIO("istio.io/istio"),
  /** Delve, the Go debugger. */
  DLV("github.com/go-delve/delve"),
  /** kind, Kubernetes in Docker. */
  KIND("sigs.k8s.io/kind");

  private final String path;

  GoModule(String path) {
    this.path = path;
  }

  /**
   * The upstream module.
   *
   * @return its module path, for example {@code istio.io/istio}
   */
  public String path() {
    return path;
  }

  /**
   * The pinned version of the upstream module.
   *
   * @return a Go module version, with its leading {@code v}
   */
  public String version() {
    Matcher requirement =
        Pattern.compile("(?m)^(?:require)?\\s+" + Pattern.quote(path) + "\\s+(v\\S+)")
            .matcher(goMod());
    if (!requirement.find()) {
      throw new IllegalStateException("no requirement of " + path + " in the shipped go.mod");
    }
    return requirement.group(1);
  }

  /**
   * Writes go.mod and go.sum into a folder, over files of the same names.
   *
   * @param directory the folder; made if missing
   * @throws ToolboxException if they cannot be written
   */
  public void writeTo(Path directory) {
    try {
      Files.createDirectories(directory);
      for (Map.Entry<String, String> file : files().entrySet()) {
        Files.writeString(directory.resolve(file.getKey()), file.getValue());
      }
    } catch (IOException e) {
      throw new ToolboxException(
          "writing the module definition of " + path + " to " + directory,
          ToolboxException.reason(e),
          "",
          directory,
          e);
    }
  }

  /**
   * The files of the definition.
   *
   * @return the text of {@code go.mod} and {@code go.sum}, by name
   */
  public Map<String, String> files() {
    return Map.of("go.mod", goMod(), "go.sum", resource("go.sum"));
  }

  String goMod() {
    return resource("go.mod");
  }

  private String resource(String file) {
    return Resources.text("go/" + name().toLowerCase(Locale.ROOT) + "/" + file);
  }
}
