package dev.pilothouse.toolbox;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One {@code go build}, through Go's own build cache. The one way in which the project compiles Go.
 *
 * @param directory the module's folder (where go.mod lies)
 * @param packages the packages to build, as import paths or {@code ./…} patterns
 * @param output the file to write, or the folder when there are several packages
 * @param tags build tags
 * @param ldflags linker flags, one string each
 * @param gcflags compiler flags, as {@code all=-N -l}; empty for none
 * @param trimpath whether to remove file system paths from the result
 * @param overlay replaced files: path in the tree to path of the content
 * @param flags further flags to {@code go build}, as {@code -mod=vendor}
 * @param environment added to (and overriding) the JVM's own environment; CGO_ENABLED is 0 unless
 *     set here
 */
public record GoBuild(
    Path directory,
    List<String> packages,
    Path output,
    List<String> tags,
    List<String> ldflags,
    String gcflags,
    boolean trimpath,
    Map<Path, Path> overlay,
    List<String> flags,
    Map<String, String> environment) {

  /** Copies the collections. */
  public GoBuild {
    packages = List.copyOf(packages);
    tags = List.copyOf(tags);
    ldflags = List.copyOf(ldflags);
    overlay = Map.copyOf(overlay);
    flags = List.copyOf(flags);
    environment = Map.copyOf(environment);
  }

  /**
   * One message of the Go compiler.
   *
   * @param file the file as the compiler names it, relative to {@link GoBuild#directory()} where it
   *     is below it; null when the message belongs to no file
   * @param line the line, from 1; 0 when unknown
   * @param column the column, from 1; 0 when unknown
   * @param message what the compiler says
   */
  public record Message(@Nullable String file, int line, int column, String message) {}

  /** The build failed; has the compiler's messages, all of them. */
  public static final class FailedException extends ToolboxException {
    private static final long serialVersionUID = 1L;
    private final transient List<Message> messages;

    FailedException(String tried, String cameBack, String toDo, List<Message> messages) {
      super(tried, cameBack, toDo, null, null);
      this.messages = List.copyOf(messages);
    }

    /**
     * The compiler's messages.
     *
     * @return at least one where the compiler (and not the download or the linker) failed
     */
    public List<Message> messages() {
      return messages;
    }
  }

  /**
   * Runs the build and returns when it is done.
   *
   * @throws FailedException if it fails
   * @throws ToolboxException if Go is missing
   */
  public void run() {
    throw new UnsupportedOperationException();
  }
}
