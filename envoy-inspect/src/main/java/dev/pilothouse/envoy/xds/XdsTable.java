package dev.pilothouse.envoy.xds;

import java.util.List;

/** The log of a client, for people. */
final class XdsTable {
  private static final int NAMES = 8;

  private XdsTable() {}

  static String of(XdsClient client) {
    StringBuilder text = new StringBuilder(client.describe()).append(": ").append(client.status());
    for (XdsResponse response : client.responses()) {
      text.append(System.lineSeparator()).append(response);
    }
    return text.toString();
  }

  /** The names in a response, by what happened to them; a line each. */
  static String names(XdsResponse response) {
    StringBuilder text = new StringBuilder();
    append(text, "added", response.added());
    append(text, "changed", response.changed());
    append(text, "unchanged", response.unchanged());
    append(text, "removed", response.removed());
    append(text, "refused", response.refused());
    append(text, "ignored", response.ignored());
    return text.toString();
  }

  private static void append(StringBuilder text, String what, List<String> names) {
    if (names.isEmpty()) {
      return;
    }
    text.append(text.isEmpty() ? "" : System.lineSeparator())
        .append("  ")
        .append(what)
        .append(": ");
    text.append(String.join(", ", names.stream().limit(NAMES).toList()));
    if (names.size() > NAMES) {
      text.append(" and ").append(names.size() - NAMES).append(" more");
    }
  }
}
