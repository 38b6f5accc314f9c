package dev.pilothouse.integration;

import dev.pilothouse.toolbox.Tool;
import dev.pilothouse.toolbox.Toolbox;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The real {@code istioctl proxy-config}, reading a file. */
final class Istioctl {
  // The names of two words; in some of its tables one blank is all that is between two columns.
  private static final Pattern COLUMN =
      Pattern.compile(
          "SERVICE FQDN|DESTINATION RULE|VHOST NAME|VIRTUAL HOSTS|VIRTUAL SERVICE|OUTLIER CHECK"
              + "|RESOURCE NAME|VALID CERT|SERIAL NUMBER|NOT AFTER|NOT BEFORE|TRUST DOMAIN"
              + "|ECDS NAME|\\S+");

  private static final Pattern NOTHING =
      Pattern.compile("no \\w+ found|has no configuration type|unable to marshal bootstrap");

  private final Path binary = Toolbox.create().require(Tool.ISTIOCTL).path();
  private final Path file;

  Istioctl(Path file) {
    this.file = file;
  }

  /** What it prints; nothing when it says that the file has nothing of the kind. */
  String print(String subCommand, String... flags) {
    List<String> command =
        Stream.concat(
                Stream.of(binary.toString(), "proxy-config", subCommand, "--file", file.toString()),
                Stream.of(flags))
            .toList();
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .start();
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        if (NOTHING.matcher(out).find()) {
          return "";
        }
        throw new AssertionError(command + " failed: " + out);
      }
      return out;
    } catch (IOException e) {
      throw new AssertionError(command.toString(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** The rows that it prints, by the names of its columns. */
  List<Map<String, String>> rows(String subCommand, String... flags) {
    return rows(print(subCommand, flags).lines().toList());
  }

  /** Each cell begins below its column's name. */
  static List<Map<String, String>> rows(List<String> lines) {
    List<Map<String, String>> rows = new ArrayList<>();
    if (lines.isEmpty() || lines.get(0).endsWith("found.")) {
      return rows;
    }
    Map<String, Integer> starts = new LinkedHashMap<>();
    Matcher column = COLUMN.matcher(lines.get(0));
    while (column.find()) {
      starts.put(column.group(), column.start());
    }
    for (String line : lines.subList(1, lines.size())) {
      Map<String, String> row = new LinkedHashMap<>();
      List<Integer> bounds = new ArrayList<>(starts.values());
      bounds.add(Integer.MAX_VALUE);
      int i = 0;
      for (String name : starts.keySet()) {
        int from = Math.min(bounds.get(i), line.length());
        int to = Math.min(bounds.get(i + 1), line.length());
        row.put(name, line.substring(from, to).strip());
        i++;
      }
      rows.add(row);
    }
    return rows;
  }
}
