package dev.pilothouse.source;

import com.github.difflib.patch.ChangeDelta;
import com.github.difflib.patch.Chunk;
import com.github.difflib.patch.Patch;
import dev.pilothouse.source.SourceEditException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a unified diff of several files, in Git's dialect or plain. java-diff-utils has a reader of
 * its own, which takes the headers of a file without hunks (a rename, an empty file) for those of
 * the next file; so only the hunks' application is left to the library.
 */
final class UnifiedDiff {
  private static final Pattern HUNK =
      Pattern.compile("@@ -(\\d+)(?:,(\\d+))? \\+(\\d+)(?:,(\\d+))? @@");

  private final List<String> lines;
  private final List<FilePatch> patches = new ArrayList<>();
  private int next;

  private UnifiedDiff(String text) {
    lines = Lines.of(text).lines();
  }

  static List<FilePatch> parse(String text) {
    UnifiedDiff diff = new UnifiedDiff(text);
    diff.read();
    if (diff.patches.isEmpty()) {
      throw diff.bad("it names no file; it has to be a unified diff, as git diff prints it");
    }
    return diff.patches;
  }

  private void read() {
    while (next < lines.size()) {
      if (lines.get(next).startsWith("diff --git ") || startsPlainFile()) {
        readFile();
      } else if (HUNK.matcher(lines.get(next)).lookingAt()) {
        throw bad("a hunk comes before the name of its file");
      } else {
        next++; // What stands before a file's header: the message of a commit.
      }
    }
  }

  private boolean startsPlainFile() {
    return lines.get(next).startsWith("--- ")
        && next + 1 < lines.size()
        && lines.get(next + 1).startsWith("+++ ");
  }

  private void readFile() {
    Header header = new Header();
    if (lines.get(next).startsWith("diff --git ")) {
      header.bothNames(lines.get(next++).strip());
    }
    while (next < lines.size() && header.take(lines.get(next).strip())) {
      next++;
    }
    Patch<String> hunks = new Patch<>();
    boolean endsWithLineBreak = true;
    while (next < lines.size()) {
      Matcher hunk = HUNK.matcher(lines.get(next));
      if (!hunk.lookingAt()) {
        break;
      }
      next++;
      endsWithLineBreak = readHunk(hunk, hunks, header.creates());
    }
    patches.add(header.patch(hunks, endsWithLineBreak));
  }

  /** Returns whether the new file ends with a line break after this hunk. */
  private boolean readHunk(Matcher header, Patch<String> hunks, boolean creates) {
    int oldLeft = count(header.group(2));
    int newLeft = count(header.group(4));
    if (oldLeft == 0 && !creates) {
      throw bad("the hunk before line " + (next + 1) + " has no context, so its place is a guess");
    }
    int oldPosition = Math.max(0, Integer.parseInt(header.group(1)) - 1);
    int newPosition = Math.max(0, Integer.parseInt(header.group(3)) - 1);
    List<String> oldLines = new ArrayList<>();
    List<String> newLines = new ArrayList<>();
    boolean endsWithLineBreak = true;
    while (oldLeft > 0 || newLeft > 0 || isNoLineBreakMark()) {
      if (next >= lines.size()) {
        throw bad("its last hunk is cut off");
      }
      String line = lines.get(next++);
      // Mailers and editors strip the blank of an empty line of context.
      boolean stripped = line.isEmpty() || line.equals("\r");
      char kind = stripped ? ' ' : line.charAt(0);
      String content = stripped ? line : line.substring(1);
      switch (kind) {
        case ' ' -> {
          oldLines.add(content);
          newLines.add(content);
          oldLeft--;
          newLeft--;
        }
        case '-' -> {
          oldLines.add(content);
          oldLeft--;
        }
        case '+' -> {
          newLines.add(content);
          newLeft--;
        }
        case '\\' -> {
          // It is about the line before it: the new file's, unless that one was taken out.
          if (!lines.get(next - 2).startsWith("-")) {
            endsWithLineBreak = false;
          }
        }
        default -> throw bad("line " + next + " belongs to no hunk: " + line);
      }
      if (oldLeft < 0 || newLeft < 0) {
        throw bad("the hunk that ends at line " + next + " is longer than it says");
      }
    }
    hunks.addDelta(
        new ChangeDelta<>(new Chunk<>(oldPosition, oldLines), new Chunk<>(newPosition, newLines)));
    return endsWithLineBreak;
  }

  private boolean isNoLineBreakMark() {
    return next < lines.size() && lines.get(next).startsWith("\\");
  }

  private static int count(@Nullable String digits) {
    return digits == null ? 1 : Integer.parseInt(digits);
  }

  private SourceEditException bad(String why) {
    return new SourceEditException(
        Reason.BAD_EDIT,
        List.of(),
        "reading a unified diff of " + lines.size() + " lines",
        why,
        "",
        null);
  }

  /** What the lines before the hunks of one file say. */
  private final class Header {
    private Optional<String> from = Optional.empty();
    private Optional<String> to = Optional.empty();
    private boolean created;
    private boolean deleted;
    private boolean copied;

    /** For a file without hunks, the names stand in this line alone. */
    void bothNames(String line) {
      String names = line.substring("diff --git ".length());
      int middle = names.length() / 2;
      // Without a rename the two names are alike but for a/ and b/.
      if (names.length() % 2 == 1 && names.charAt(middle) == ' ') {
        from = name(names.substring(0, middle));
        to = name(names.substring(middle + 1));
      }
    }

    boolean take(String line) {
      if (line.startsWith("--- ")) {
        from = name(line.substring(4));
      } else if (line.startsWith("+++ ")) {
        to = name(line.substring(4));
      } else if (line.startsWith("rename from ")) {
        from = Optional.of(unquoted(line.substring("rename from ".length())));
      } else if (line.startsWith("rename to ")) {
        to = Optional.of(unquoted(line.substring("rename to ".length())));
      } else if (line.startsWith("copy from ")) {
        copied = true;
        from = Optional.of(unquoted(line.substring("copy from ".length())));
      } else if (line.startsWith("copy to ")) {
        to = Optional.of(unquoted(line.substring("copy to ".length())));
      } else if (line.startsWith("new file mode ")) {
        created = true;
      } else if (line.startsWith("deleted file mode ")) {
        deleted = true;
      } else if (line.startsWith("old mode ") || line.startsWith("new mode ")) {
        throw bad("it changes the mode of a file, which an edit cannot do: " + line);
      } else if (line.startsWith("GIT binary patch") || line.startsWith("Binary files ")) {
        throw bad("it changes a binary file, which an edit cannot do: " + line);
      } else {
        return line.startsWith("index ") || line.contains("similarity index ");
      }
      return true;
    }

    boolean creates() {
      return created || from.isEmpty();
    }

    FilePatch patch(Patch<String> hunks, boolean endsWithLineBreak) {
      Optional<String> before = created ? Optional.empty() : from;
      Optional<String> after = deleted ? Optional.empty() : to;
      if (before.isEmpty() && after.isEmpty()) {
        throw bad("a file before line " + (next + 1) + " has no name");
      }
      if (hunks.getDeltas().isEmpty() && before.equals(after)) {
        throw bad("it has no hunks for " + before.orElseThrow());
      }
      return new FilePatch(before, after, copied, hunks, endsWithLineBreak);
    }

    private Optional<String> name(String name) {
      // diff(1) puts a tab and the time behind the name.
      int tab = name.indexOf('\t');
      String bare = unquoted(tab < 0 ? name.strip() : name.substring(0, tab));
      if (bare.equals("/dev/null")) {
        return Optional.empty();
      }
      return Optional.of(bare.startsWith("a/") || bare.startsWith("b/") ? bare.substring(2) : bare);
    }

    private String unquoted(String name) {
      boolean quoted = name.length() > 1 && name.startsWith("\"") && name.endsWith("\"");
      return quoted ? name.substring(1, name.length() - 1) : name;
    }
  }
}
