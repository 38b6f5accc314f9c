package dev.pilothouse.envoy.table;

import java.util.List;

/** Columns and rows for people. Immutable and safe for use by several threads. */
public interface Table {
  /**
   * The columns' names, as {@code SERVICE FQDN}.
   *
   * @return all of them, also those that {@link #table()} leaves out because they are empty
   */
  List<String> columns();

  /**
   * The rows.
   *
   * @return one cell for each column; a cell is empty where there is nothing to say
   */
  List<List<String>> rows();

  /**
   * The table as text: a line a row, however long, so that names can be copied and searched for.
   * Columns that are empty in every row are left out.
   *
   * @return lines, each ended by a line feed; the columns' names first
   */
  default String table() {
    return table(Integer.MAX_VALUE);
  }

  /**
   * The same for a screen. Where the rows are wider than it, the widest columns' cells go on in
   * further lines, and the first cells that are those of the row above are a ditto mark: nothing is
   * cut off.
   *
   * @param width how many characters a line may have; a table of many columns may be wider, because
   *     none gets narrower than twelve
   * @return lines, each ended by a line feed; the columns' names first
   */
  default String table(int width) {
    return TextLayout.of(columns(), rows(), width);
  }
}
