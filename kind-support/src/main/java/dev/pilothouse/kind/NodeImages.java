package dev.pilothouse.kind;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@code ctr images ls} prints. For each image containerd's CRI plugin keeps a name that
 * is the id, beside the names that people gave; all of them have the same manifest.
 */
final class NodeImages {
  private static final Pattern ROW =
      Pattern.compile("(\\S+)\\s+\\S+\\s+(sha256:[0-9a-f]{64})\\s+([0-9.]+) ([KMGT]i)?B\\s.*");
  private static final String UNITS = "KMGT";
  private static final int UNIT = 1024;

  private NodeImages() {}

  private static final class Entry {
    private String id = "";
    private final List<String> tags = new ArrayList<>();
    private long size;
  }

  static List<NodeImage> parse(String table) {
    Map<String, Entry> byManifest = new TreeMap<>();
    for (String line : table.lines().toList()) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        Entry entry = byManifest.computeIfAbsent(row.group(2), digest -> new Entry());
        entry.size = size(row.group(3), row.group(4));
        String name = row.group(1);
        if (name.startsWith("sha256:")) {
          entry.id = name;
        } else if (!name.contains("@")) {
          entry.tags.add(name);
        }
      }
    }
    return byManifest.values().stream()
        .filter(entry -> !entry.id.isEmpty())
        .map(entry -> new NodeImage(entry.id, entry.tags, entry.size))
        .sorted((one, other) -> one.id().compareTo(other.id()))
        .toList();
  }

  private static long size(String number, @Nullable String unit) {
    double bytes = Double.parseDouble(number);
    int power = unit == null ? 0 : UNITS.indexOf(unit.charAt(0)) + 1;
    return Math.round(bytes * Math.pow(UNIT, power));
  }
}
