package dev.pilothouse.toolbox;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the messages of {@code go build} out of its output, line by line. */
final class GoMessages {
  /** {@code file.go:12:3: message}; the column may be missing, as in errors of go.mod. */
  private static final Pattern AT_FILE =
      Pattern.compile("(\\S[^:]*\\.\\w+):(\\d+)(?::(\\d+))?: (.*)");

  /** Not about the code: headers of packages, downloads, and the packages that -v prints. */
  private static final Pattern NO_MESSAGE =
      Pattern.compile("# .*|go: (downloading|finding|extracting) .*|[\\w.~+-]+(/[\\w.~+-]+)*");

  private final Path directory;
  private final List<GoBuild.Message> messages = new ArrayList<>();

  GoMessages(Path directory) {
    this.directory = directory.toAbsolutePath().normalize();
  }

  void read(String line) {
    if (line.isBlank() || NO_MESSAGE.matcher(line).matches()) {
      return;
    }
    Matcher atFile = AT_FILE.matcher(line);
    if (Character.isWhitespace(line.charAt(0)) && !messages.isEmpty()) {
      int last = messages.size() - 1;
      messages.set(last, continued(messages.get(last), line));
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

  private String relative(String file) {
    try {
      Path path = directory.resolve(file).normalize();
      return path.startsWith(directory) ? directory.relativize(path).toString() : file;
    } catch (InvalidPathException e) {
      return file;
    }
  }

  private static int number(@Nullable String digits) {
    return digits == null ? 0 : Integer.parseInt(digits);
  }
}
