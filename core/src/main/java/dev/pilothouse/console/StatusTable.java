package dev.pilothouse.console;

import dev.pilothouse.istiod.ProxySync.TypeSync;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The table of what proxies were sent. */
final class StatusTable {
  private static final List<String> HEAD =
      List.of("PROXY", "CLUSTER", "REPLICA", "TYPE", "STATE", "SENT", "ACKED", "AGE");

  /** istiod's nonces are a time and a random part, of which the end tells them apart. */
  private static final int NONCE_LETTERS = 6;

  private static final Map<String, String> SHORT =
      Map.of(
          "Cluster", "CDS",
          "Listener", "LDS",
          "RouteConfiguration", "RDS",
          "ClusterLoadAssignment", "EDS",
          "Secret", "SDS",
          "TypedExtensionConfig", "ECDS",
          "NameTable", "NDS",
          "ProxyConfig", "PCDS",
          "Address", "WDS",
          "Authorization", "WADS");

  private static final List<String> ORDER = List.of("CDS", "LDS", "EDS", "RDS");

  private StatusTable() {}

  /** What istioctl calls a type. */
  static String shortName(String typeUrl) {
    String last =
        typeUrl.substring(Math.max(typeUrl.lastIndexOf('.'), typeUrl.lastIndexOf('/')) + 1);
    return SHORT.getOrDefault(last, last);
  }

  static String of(List<ProxyStatus> statuses) {
    List<List<String>> rows = new ArrayList<>();
    List<String> below = new ArrayList<>(); // what stands below the row, whatever its width
    rows.add(HEAD);
    below.add("");
    for (ProxyStatus status : statuses) {
      List<String> who = List.of(status.proxyId(), status.sync().clusterId(), status.replica());
      List<String> types =
          status.sync().types().keySet().stream()
              .map(StatusTable::shortName)
              .sorted(Comparator.comparingInt(StatusTable::rank).thenComparing(t -> t))
              .toList();
      if (types.isEmpty()) {
        rows.add(row(who, List.of("-", "has subscribed to nothing yet", "", "", "")));
        below.add("");
      }
      for (String type : types) {
        TypeSync sync = status.type(type).orElseThrow();
        rows.add(
            row(
                who,
                List.of(
                    type,
                    state(sync),
                    nonce(sync.sent()),
                    nonce(sync.acked()),
                    age(sync.sentAt(), status.takenAt()))));
        below.add(sync.lastError().strip());
      }
    }
    return laidOut(rows, below);
  }

  private static int rank(String type) {
    int rank = ORDER.indexOf(type);
    return rank < 0 ? ORDER.size() : rank;
  }

  private static List<String> row(List<String> who, List<String> what) {
    List<String> row = new ArrayList<>(who);
    row.addAll(what);
    return row;
  }

  private static String state(TypeSync type) {
    if (!type.lastError().isEmpty()) {
      return "REJECTED";
    }
    if (type.sent().isEmpty()) {
      return "nothing sent";
    }
    return type.acknowledged() ? "acknowledged" : "not acknowledged";
  }

  private static String nonce(String nonce) {
    return nonce.isEmpty()
        ? "-"
        : nonce.length() <= NONCE_LETTERS
            ? nonce
            : "…" + nonce.substring(nonce.length() - NONCE_LETTERS);
  }

  private static String age(@Nullable Instant sent, Instant now) {
    if (sent == null) {
      return "-";
    }
    double seconds = Math.max(0, Duration.between(sent, now).toMillis()) / 1000.0;
    if (seconds < 60) {
      return String.format(Locale.ROOT, "%.1fs", seconds);
    }
    return seconds < 7200
        ? String.format(Locale.ROOT, "%.0fm", seconds / 60)
        : String.format(Locale.ROOT, "%.0fh", seconds / 3600);
  }

  private static String laidOut(List<List<String>> rows, List<String> below) {
    int[] widths = new int[HEAD.size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    List<String> lines = new ArrayList<>();
    for (int r = 0; r < rows.size(); r++) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String cell = rows.get(r).get(i);
        line.append(cell).append(" ".repeat(widths[i] - cell.length() + 2));
      }
      lines.add(line.toString().stripTrailing());
      below.get(r).lines().forEach(words -> lines.add("    " + words));
    }
    return String.join(System.lineSeparator(), lines);
  }
}
