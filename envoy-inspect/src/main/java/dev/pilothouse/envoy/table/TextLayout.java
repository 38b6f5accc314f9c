package dev.pilothouse.envoy.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Lays out columns and rows as aligned text. */
final class TextLayout {
  private static final String GAP = "   ";
  private static final String DITTO = "\"";
  private static final int NARROWEST = 12;

  private final int[] widths;
  private final StringBuilder text = new StringBuilder();

  private TextLayout(int[] widths) {
    this.widths = widths;
  }

  static String of(List<String> columns, List<List<String>> rows, int width) {
    int[] shown =
        IntStream.range(0, columns.size())
            .filter(i -> rows.isEmpty() || rows.stream().anyMatch(row -> !row.get(i).isEmpty()))
            .toArray();
    int[] widths = new int[shown.length];
    for (int i = 0; i < shown.length; i++) {
      widths[i] = columns.get(shown[i]).length();
      for (List<String> row : rows) {
        widths[i] = Math.max(widths[i], longestLine(row.get(shown[i])));
      }
    }
    int[] fitting = fit(widths, width);
    TextLayout layout = new TextLayout(fitting);
    layout.add(pick(columns, shown));
    String[] above = new String[0];
    for (List<String> row : rows) {
      String[] cells = pick(row, shown);
      // Once rows take several lines, what repeats hides what differs.
      layout.add(fitting == widths ? cells : withDittos(cells, above));
      above = cells;
    }
    return layout.text.toString();
  }

  private static String[] pick(List<String> row, int[] shown) {
    return Arrays.stream(shown).mapToObj(row::get).toArray(String[]::new);
  }

  private static String[] withDittos(String[] cells, String[] above) {
    String[] shown = cells.clone();
    for (int i = 0; i < above.length - 1 && cells[i].equals(above[i]); i++) {
      shown[i] = cells[i].isEmpty() ? "" : DITTO;
    }
    return shown;
  }

  private static int longestLine(String cell) {
    if (cell.indexOf('\n') < 0) {
      return cell.length();
    }
    return cell.lines().mapToInt(String::length).max().orElse(0);
  }

  /** The widest columns give way first, all to the same width. */
  private static int[] fit(int[] widths, int width) {
    long room = (long) width - (long) GAP.length() * Math.max(0, widths.length - 1);
    long needed = Arrays.stream(widths).asLongStream().sum();
    if (needed <= room) {
      return widths;
    }
    int[] sorted = widths.clone();
    Arrays.sort(sorted);
    long left = room;
    int cap = NARROWEST;
    for (int i = 0; i < sorted.length; i++) {
      int share = (int) Math.max(NARROWEST, left / (sorted.length - i));
      if (sorted[i] > share) {
        cap = share;
        break;
      }
      left -= sorted[i];
    }
    int widest = cap;
    return Arrays.stream(widths).map(each -> Math.min(each, widest)).toArray();
  }

  private void add(String[] cells) {
    List<List<String>> wrapped = new ArrayList<>(cells.length);
    int height = 1;
    for (int i = 0; i < cells.length; i++) {
      List<String> lines = wrap(cells[i], widths[i]);
      wrapped.add(lines);
      height = Math.max(height, lines.size());
    }
    for (int line = 0; line < height; line++) {
      int start = text.length();
      int column = 0;
      for (int i = 0; i < cells.length; i++) {
        if (line < wrapped.get(i).size() && !wrapped.get(i).get(line).isEmpty()) {
          text.append(" ".repeat(start + column - text.length()));
          text.append(wrapped.get(i).get(line));
        }
        column += widths[i] + GAP.length();
      }
      text.append('\n');
    }
  }

  private static List<String> wrap(String cell, int width) {
    if (cell.length() <= width && cell.indexOf('\n') < 0) {
      return List.of(cell);
    }
    List<String> lines = new ArrayList<>();
    for (String line : cell.split("\n", -1)) {
      String rest = line;
      while (rest.length() > width) {
        int end = breakBefore(rest, width);
        lines.add(rest.substring(0, end).stripTrailing());
        // What goes on is set in, so that it is not taken for another entry.
        rest = "  " + rest.substring(end).stripLeading();
      }
      lines.add(rest);
    }
    return lines;
  }

  /** After a blank if there is one, else where names have their joints, else anywhere. */
  private static int breakBefore(String line, int width) {
    int least = width / 3;
    for (String joints : new String[] {" ", ",;|/", ".-_:"}) {
      for (int i = width; i > Math.max(least, 2); i--) {
        boolean atBlank = joints.equals(" ") && line.charAt(i) == ' ';
        if (atBlank || joints.indexOf(line.charAt(i - 1)) >= 0) {
          return i;
        }
      }
    }
    return width;
  }
}
