package dev.pilothouse.console;

/**
 * An entry of a replica's log.
 *
 * @param replica which replica
 * @param line the entry
 */
public record LogEntry(String replica, LogLine line) {
  /** As {@code istiod: 2026-11-22T…}. */
  @Override
  public String toString() {
    return replica + ": " + line;
  }
}
