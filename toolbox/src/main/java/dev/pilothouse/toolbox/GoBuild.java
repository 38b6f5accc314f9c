package dev.pilothouse.toolbox;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One {@code go build}, through Go's own build cache. The one way in which the project compiles Go.
 *
 * <p>What decides the result stands on Go's command line, so a {@code GOFLAGS} of the user's cannot
 * change it: without a {@code -mod} flag, Go's default applies ({@code vendor} where a vendor
 * folder lies, else {@code readonly}). Unless {@code environment} says otherwise, {@code
 * CGO_ENABLED} is 0, {@code GOTOOLCHAIN} is {@code local} (no other Go is downloaded) and {@code
 * GOWORK} is {@code off}.
 *
 * <pre>{@code
 * try {
 *   new GoBuild(tree, List.of("./cmd/server"), out, List.of(), List.of("-s", "-w"), "", true,
 *           Map.of(), List.of(), Map.of())
 *       .run();
 * } catch (GoBuild.FailedException e) {
 *   e.messages().forEach(m -> log.error("{}:{} {}", m.file(), m.line(), m.message()));
 * }
 * }</pre>
 *
 * @param directory the module's folder (where go.mod lies)
 * @param packages the packages to build, as import paths or {@code ./…} patterns
 * @param output the file to write, or the folder when there are several packages; missing parents
 *     are made
 * @param tags build tags
 * @param ldflags linker flags, one string each; a flag and its value may be one string, as {@code
 *     -X main.version=1.2}
 * @param gcflags compiler flags, as {@code all=-N -l}; empty for none
 * @param trimpath whether to remove file system paths from the result
 * @param overlay replaced files: path in the tree to path of the content; relative paths count from
 *     {@code directory}; an empty path as content makes Go take the file for deleted
 * @param flags further flags to {@code go build}, as {@code -mod=vendor}
 * @param environment added to (and overriding) the JVM's own environment
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

  private static final int SHOWN_MESSAGES = 20;

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
   * @param message what the compiler says; further lines of one message are kept, as it printed
   *     them
   */
  public record Message(@Nullable String file, int line, int column, String message) {
    /**
     * Reads messages out of the output of a program that has run Go: {@code make}, for one.
     *
     * @param directory the folder in which it ran
     * @param output what it printed
     * @return the messages that name a file, in their order
     */
    public static List<Message> parse(Path directory, String output) {
      GoMessages messages = new GoMessages(directory, Map.of());
      output.lines().forEach(messages::read);
      return messages.all().stream().filter(message -> message.file() != null).toList();
    }

    /** As the compiler prints it: {@code file:line:column: message}. */
    @Override
    public String toString() {
      if (file == null) {
        return message;
      }
      return file + ":" + line + (column > 0 ? ":" + column : "") + ": " + message;
    }
  }

  /** The build failed; has the compiler's messages. */
  public static final class FailedException extends ToolboxException {
    private static final long serialVersionUID = 1L;
    private final transient List<Message> messages;

    FailedException(String tried, String cameBack, String toDo, List<Message> messages) {
      super(tried, cameBack, toDo, null, null);
      this.messages = List.copyOf(messages);
    }

    /**
     * The messages of Go, of its compiler and of its linker, in their order. The compiler gives up
     * a package after ten, and says so in a message of its own ("too many errors").
     *
     * @return those without a file are about the build as a whole
     */
    public List<Message> messages() {
      return messages;
    }
  }

  /**
   * Runs the build and returns when it is done. An interrupt ends Go and all that it started.
   *
   * @throws FailedException if it fails
   * @throws MissingToolsException if there is no {@code go} on the PATH
   * @throws ToolboxException if it cannot be started, or the thread is interrupted
   */
  public void run() {
    try (RunDirectory run = RunDirectory.open("go-build")) {
      build(run.path(), List.of(), line -> {});
    }
  }

  /**
   * Runs the build as {@link #run()} does, and tells what Go prints: the import path of each
   * package when its compilation starts (packages in the build cache are not compiled), and {@code
   * go: downloading …} for each module.
   *
   * @param progress gets each line, one at a time, on another thread
   * @throws FailedException if it fails
   * @throws MissingToolsException if there is no {@code go} on the PATH
   * @throws ToolboxException if it cannot be started, or the thread is interrupted
   */
  public void run(Consumer<String> progress) {
    try (RunDirectory run = RunDirectory.open("go-build")) {
      runIn(run.path(), progress);
    }
  }

  /** Runs the build in a run directory of the caller's. */
  void runIn(Path run, Consumer<String> progress) {
    build(run, List.of("-v"), progress);
  }

  private void build(Path run, List<String> moreFlags, Consumer<String> progress) {
    String tried = "go build " + String.join(" ", packages) + " in " + directory;
    Map<String, String> variables = variables();
    Path go = goCommand(tried, variables);
    GoMessages messages = new GoMessages(directory, overlay);
    Deque<String> tail = new ArrayDeque<>();
    try {
      makeOutputFolder();
      variables.put(MarkedProcesses.RUN, run.toString());
      variables.put("GOTMPDIR", run.toString());
      int exitCode =
          LineProcess.run(
              command(go, moreFlags, run),
              variables,
              directory,
              line -> {
                messages.read(line);
                tail.addLast(line);
                if (tail.size() > SHOWN_MESSAGES) {
                  tail.removeFirst();
                }
                progress.accept(line);
              });
      if (exitCode != 0) {
        throw failed(tried, exitCode, messages.all(), tail);
      }
    } catch (IOException e) {
      throw new ToolboxException(tried, ToolboxException.reason(e), "", directory, e);
    }
  }

  private static Path goCommand(String tried, Map<String, String> variables) {
    try {
      return GoToolchain.command(variables);
    } catch (GoToolchain.MissingException e) {
      throw new MissingToolsException(
          tried, Map.of("go", e.getMessage() + "; install Go and put it on the PATH"));
    }
  }

  private Map<String, String> variables() {
    return Variables.with(Variables.with(System.getenv(), GoToolchain.SETTINGS), environment);
  }

  private void makeOutputFolder() throws IOException {
    Path folder = packages.size() > 1 ? output : output.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
  }

  private List<String> command(Path go, List<String> moreFlags, Path run) throws IOException {
    List<String> command = new ArrayList<>(List.of(go.toString(), "build"));
    command.addAll(moreFlags);
    command.add("-o=" + output.toAbsolutePath());
    boolean vendored = Files.isRegularFile(directory.resolve("vendor/modules.txt"));
    command.add("-mod=" + (vendored ? "vendor" : "readonly"));
    command.add("-tags=" + String.join(",", tags));
    command.add(
        "-ldflags=" + ldflags.stream().map(GoBuild::quoted).collect(Collectors.joining(" ")));
    command.add("-gcflags=" + gcflags);
    command.add("-trimpath=" + trimpath);
    if (!overlay.isEmpty()) {
      command.add("-overlay=" + writeOverlay(run));
    }
    command.addAll(flags);
    command.add("--");
    command.addAll(packages);
    return command;
  }

  /** Go splits the flags at blanks, except between quotes at the start of a word. */
  private static String quoted(String flag) {
    int blank = flag.indexOf(' ');
    if (flag.startsWith("-") && blank > 0) {
      return flag.substring(0, blank) + " " + quotedWord(flag.substring(blank + 1).strip());
    }
    return quotedWord(flag);
  }

  private static String quotedWord(String word) {
    if (word.chars().noneMatch(c -> Character.isWhitespace(c) || c == '\'' || c == '"')) {
      return word;
    }
    char quote = word.indexOf('\'') < 0 ? '\'' : '"';
    if (word.indexOf(quote) >= 0) {
      throw new IllegalArgumentException(
          "Go cannot take both kinds of quotes in one flag: " + word);
    }
    return quote + word + quote;
  }

  private Path writeOverlay(Path run) throws IOException {
    Map<String, String> replace = new TreeMap<>();
    Path base = directory.toAbsolutePath();
    overlay.forEach(
        (file, content) ->
            replace.put(
                base.resolve(file).toString(),
                content.toString().isEmpty() ? "" : base.resolve(content).toString()));
    Path json = run.resolve("overlay.json");
    new ObjectMapper().writeValue(json.toFile(), Map.of("Replace", replace));
    return json;
  }

  private static FailedException failed(
      String tried, int exitCode, List<Message> messages, Deque<String> tail) {
    List<String> shown =
        messages.isEmpty()
            ? List.copyOf(tail)
            : messages.stream().limit(SHOWN_MESSAGES).map(Message::toString).toList();
    StringBuilder cameBack = new StringBuilder("exit code " + exitCode);
    shown.forEach(line -> cameBack.append(System.lineSeparator()).append("  ").append(line));
    if (messages.size() > SHOWN_MESSAGES) {
      cameBack.append(System.lineSeparator());
      cameBack.append("  and ").append(messages.size() - SHOWN_MESSAGES).append(" more");
    }
    return new FailedException(tried, cameBack.toString(), advice(messages), messages);
  }

  private static String advice(List<Message> messages) {
    if (messages.stream().anyMatch(m -> m.message().contains("GOPROXY=off"))) {
      return "a module has to be downloaded, which offline use forbids: build once with downloads"
          + " allowed";
    }
    boolean inFiles = messages.stream().anyMatch(message -> message.file() != null);
    return inFiles ? "mend the named lines and build again" : "";
  }
}
