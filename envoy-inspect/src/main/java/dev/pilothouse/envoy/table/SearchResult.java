package dev.pilothouse.envoy.table;

import java.util.List;
import java.util.Locale;

/**
 * What a search found: one row for each place.
 *
 * @param query what was looked for
 * @param hits the places, in the order of the dump
 */
public record SearchResult(String query, List<SearchHit> hits) implements Table {
  private static final List<Column<SearchHit>> COLUMNS =
      List.of(
          new Column<>("SECTION", hit -> hit.resource().section().fieldName()),
          new Column<>("RESOURCE", hit -> hit.resource().name()),
          new Column<>("STATE", hit -> Texts.state(hit.resource())),
          new Column<>("FOUND IN", hit -> hit.kind().name().toLowerCase(Locale.ROOT)),
          new Column<>("TEXT", SearchHit::excerpt),
          new Column<>("POINTER", SearchHit::pointer));

  /** Copies the list. */
  public SearchResult {
    hits = List.copyOf(hits);
  }

  @Override
  public List<String> columns() {
    return Column.names(COLUMNS);
  }

  @Override
  public List<List<String>> rows() {
    return Column.rows(COLUMNS, hits);
  }

  /** One line: how many places. */
  @Override
  public String toString() {
    return "SearchResult[" + query + ": " + hits.size() + " hits]";
  }
}
