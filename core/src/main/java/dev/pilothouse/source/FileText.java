package dev.pilothouse.source;

import dev.pilothouse.source.SourceEditException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The text of one file, and edits at a place that is found by its text. The place has to be the
 * only one: an edit that could go to two places goes to none.
 */
record FileText(String file, String content) {
  private static final int SHOWN_LINES = 10;

  FileText replace(String old, String replacement) {
    List<Integer> places = places(old);
    boolean within = !replacement.isEmpty() && replacement.contains(old);
    if (places.isEmpty() && !replacement.isEmpty() && places(replacement).size() == 1) {
      throw present(content.indexOf(replacement));
    }
    int place = only(places, "the text to replace", old);
    if (within && isInside(place, old, replacement)) {
      throw present(place);
    }
    return with(place, place + old.length(), replacement);
  }

  FileText insertAfter(String marker, String text) {
    int end = only(places(marker), "the marker", marker) + marker.length();
    // A marker that ends with its line break ends in the line before.
    int lineBreak = content.indexOf('\n', marker.endsWith("\n") ? end - 1 : end);
    String lines = lines(text);
    if (lineBreak < 0) {
      return with(content.length(), content.length(), lineBreak() + lines);
    }
    if (content.startsWith(lines, lineBreak + 1)) {
      throw present(lineBreak + 1);
    }
    return with(lineBreak + 1, lineBreak + 1, lines);
  }

  FileText insertBefore(String marker, String text) {
    int place = only(places(marker), "the marker", marker);
    int start = place == 0 ? 0 : content.lastIndexOf('\n', place - 1) + 1;
    String lines = lines(text);
    if (content.startsWith(lines, start - lines.length())) {
      throw present(start - lines.length());
    }
    return with(start, start, lines);
  }

  private FileText with(int from, int to, String text) {
    return new FileText(file, content.substring(0, from) + text + content.substring(to));
  }

  private String lines(String text) {
    return text.endsWith("\n") ? text : text + lineBreak();
  }

  private String lineBreak() {
    return content.contains("\r\n") ? "\r\n" : "\n";
  }

  /** Whether the replacement, with the old text in it, already stands around this place. */
  private boolean isInside(int place, String old, String replacement) {
    for (int at = replacement.indexOf(old); at >= 0; at = replacement.indexOf(old, at + 1)) {
      if (content.startsWith(replacement, place - at)) {
        return true;
      }
    }
    return false;
  }

  private List<Integer> places(String text) {
    List<Integer> places = new ArrayList<>();
    for (int at = content.indexOf(text); at >= 0; at = content.indexOf(text, at + 1)) {
      places.add(at);
    }
    return places;
  }

  private int only(List<Integer> places, String what, String text) {
    if (places.size() == 1) {
      return places.get(0);
    }
    if (places.isEmpty()) {
      throw new SourceEditException(
          Reason.NOT_FOUND,
          List.of(file),
          "editing " + file,
          what + " is not in it: " + shown(text) + nearest(text),
          "take the text from the file as it is in this tree",
          null);
    }
    String lines =
        places.stream()
            .limit(SHOWN_LINES)
            .map(place -> String.valueOf(lineOf(place)))
            .collect(Collectors.joining(", "));
    throw new SourceEditException(
        Reason.AMBIGUOUS,
        List.of(file),
        "editing " + file,
        what
            + " is in it "
            + places.size()
            + " times, at the lines "
            + lines
            + (places.size() > SHOWN_LINES ? ", …" : "")
            + ": "
            + shown(text),
        "add lines around it until it is the only one",
        null);
  }

  private SourceEditException present(int place) {
    return new SourceEditException(
        Reason.ALREADY_PRESENT,
        List.of(file),
        "editing " + file,
        "the edit is already there, at line " + lineOf(place),
        "leave the edit out, or take back the one that is in the tree",
        null);
  }

  private String nearest(String text) {
    SimilarLine.@Nullable Match match = SimilarLine.find(content.lines().toList(), text);
    return match == null
        ? ""
        : System.lineSeparator()
            + "The most similar line is line "
            + match.number()
            + ": "
            + match.line()
            + (match.onlyBlanksDiffer() ? " (only white space differs)" : "");
  }

  private int lineOf(int place) {
    return (int) content.substring(0, place).chars().filter(c -> c == '\n').count() + 1;
  }

  private static String shown(String text) {
    List<String> lines = text.lines().toList();
    return lines.size() <= 1
        ? text.strip()
        : lines.stream().limit(SHOWN_LINES).collect(Collectors.joining("\n  ", "\n  ", ""))
            + (lines.size() > SHOWN_LINES ? "\n  …" : "");
  }
}
