package dev.pilothouse.toolbox;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the messages of {@code go build} out of its output, line by line. */
final class GoMessages {
  /** {@code file.go:12:3: message}; the column may be missing, as in errors of go.mod. */
  private static final Pattern AT_FILE = Pattern.compile("(\\S[^:]*):(\\d+)(?::(\\d+))?: (.*)");

  /** Not about the code: headers of packages, downloads, and the packages that -v prints. */
  private static final Pattern NO_MESSAGE =
      Pattern.compile("# .*|go: (downloading|finding|extracting) .*|[\\w.~+-]+(/[\\w.~+-]+)*");

  private final Path directory;
  private final Map<Path, Path> replaced = new HashMap<>();
  private final List<GoBuild.Message> messages = new ArrayList<>();

  /**
   * Reads messages about a module.
   *
   * @param directory the module's folder, in which Go runs
   * @param overlay replaced files, by path in the tree: Go names the replacement, a reader wants
   *     the file in the tree
   */
  GoMessages(Path directory, Map<Path, Path> overlay) {
    this.directory = directory.toAbsolutePath().normalize();
    overlay.forEach(
        (file, content) -> {
          if (!content.toString().isEmpty()) {
            replaced.put(absolute(content), absolute(file));
          }
        });
  }

  void read(String line) {
    if (line.isBlank() || NO_MESSAGE.matcher(line).matches()) {
      return;
    }
    Matcher atFile = AT_FILE.matcher(line);
    if (Character.isWhitespace(line.charAt(0)) && !messages.isEmpty()) {
      int last = messages.size() - 1;
      messages.set(last, continued(messages.get(last), withPathInTree(line)));
    } else if (atFile.matches()) {
      messages.add(
          new GoBuild.Message(
              relative(atFile.group(1)),
              number(atFile.group(2)),
              number(atFile.group(3)),
              atFile.group(4)));
    } else {
      messages.add(new GoBuild.Message(null, 0, 0, line.strip()));
    }
  }

  List<GoBuild.Message> all() {
    return List.copyOf(messages);
  }

  private static GoBuild.Message continued(GoBuild.Message message, String line) {
    return new GoBuild.Message(
        message.file(), message.line(), message.column(), message.message() + "\n" + line);
  }

  /** A further line may name a file too, as "other declaration of …" does. */
  private String withPathInTree(String line) {
    Matcher atFile = AT_FILE.matcher(line.strip());
    if (!atFile.matches()) {
      return line;
    }
    int start = line.indexOf(atFile.group(1));
    return line.substring(0, start)
        + relative(atFile.group(1))
        + line.substring(start + atFile.group(1).length());
  }

  private String relative(String file) {
    try {
      Path path = absolute(Path.of(file));
      Path inTree = replaced.getOrDefault(path, path);
      return inTree.startsWith(directory) ? directory.relativize(inTree).toString() : file;
    } catch (InvalidPathException e) {
      return file;
    }
  }

  private Path absolute(Path file) {
    return directory.resolve(file).normalize();
  }

  private static int number(@Nullable String digits) {
    return digits == null ? 0 : Integer.parseInt(digits);
  }
}
