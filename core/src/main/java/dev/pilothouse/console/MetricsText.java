package dev.pilothouse.console;

import dev.pilothouse.console.Metrics.Kind;
import dev.pilothouse.console.Metrics.Sample;
import dev.pilothouse.failure.PilothouseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads Prometheus' text format, version 0.0.4. Used once. */
final class MetricsText {
  private static final List<String> SUFFIXES = List.of("_bucket", "_sum", "_count");

  private final String text;
  private final Map<String, Kind> kinds = new HashMap<>();
  private String line = "";
  private int number;
  private int at;

  MetricsText(String text) {
    this.text = text;
  }

  List<Sample> samples() {
    List<Sample> samples = new ArrayList<>();
    for (String each : text.split("\n", -1)) {
      line = each.endsWith("\r") ? each.substring(0, each.length() - 1) : each;
      number++;
      at = 0;
      if (line.startsWith("#")) {
        comment();
      } else if (!line.isBlank()) {
        samples.add(sample());
      }
    }
    return samples;
  }

  private void comment() {
    String[] words = line.split("\\s+", 4);
    if (words.length == 4 && words[1].equals("TYPE")) {
      kinds.put(words[2], kind(words[3]));
    }
  }

  private static Kind kind(String word) {
    return switch (word.strip().toUpperCase(Locale.ROOT)) {
      case "COUNTER" -> Kind.COUNTER;
      case "GAUGE" -> Kind.GAUGE;
      case "HISTOGRAM" -> Kind.HISTOGRAM;
      case "SUMMARY" -> Kind.SUMMARY;
      default -> Kind.UNTYPED;
    };
  }

  private Sample sample() {
    String name = name();
    Map<String, String> labels = labels();
    String[] rest = line.substring(at).strip().split("\\s+", 2); // a value, and maybe a time
    String metric = metric(name);
    Kind kind = kinds.getOrDefault(metric, Kind.UNTYPED);
    return new Sample(metric, kind, name, labels, value(rest[0]));
  }

  private String name() {
    int start = at;
    while (at < line.length()
        && (Character.isLetterOrDigit(line.charAt(at)) || "_:".indexOf(line.charAt(at)) >= 0)) {
      at++;
    }
    if (at == start) {
      throw bad("a name is missing");
    }
    return line.substring(start, at);
  }

  private Map<String, String> labels() {
    Map<String, String> labels = new LinkedHashMap<>();
    skipSpace();
    if (at >= line.length() || line.charAt(at) != '{') {
      return labels;
    }
    at++;
    skipSpace();
    while (current() != '}') {
      String label = name();
      skipSpace();
      expect('=');
      skipSpace();
      expect('"');
      labels.put(label, quoted());
      skipSpace();
      if (current() == ',') {
        at++;
        skipSpace();
      }
    }
    at++;
    return labels;
  }

  /** The rest of a quoted text. */
  private String quoted() {
    StringBuilder value = new StringBuilder();
    while (current() != '"') {
      if (current() == '\\') {
        at++;
        value.append(current() == 'n' ? '\n' : current());
      } else {
        value.append(current());
      }
      at++;
    }
    at++;
    return value.toString();
  }

  private double value(String word) {
    try {
      return switch (word) {
        case "+Inf", "Inf" -> Double.POSITIVE_INFINITY;
        case "-Inf" -> Double.NEGATIVE_INFINITY;
        default -> Double.parseDouble(word);
      };
    } catch (NumberFormatException e) {
      throw bad("\"" + word + "\" is no number");
    }
  }

  /** The metric that a sample belongs to: histograms and summaries have several samples. */
  private String metric(String name) {
    for (String suffix : SUFFIXES) {
      if (name.endsWith(suffix)) {
        String metric = name.substring(0, name.length() - suffix.length());
        Kind kind = kinds.get(metric);
        if (kind == Kind.HISTOGRAM || kind == Kind.SUMMARY) {
          return metric;
        }
      }
    }
    return name;
  }

  private char current() {
    if (at >= line.length()) {
      throw bad("it ends too soon");
    }
    return line.charAt(at);
  }

  private void expect(char wanted) {
    if (current() != wanted) {
      throw bad("\"" + wanted + "\" is missing at column " + (at + 1));
    }
    at++;
  }

  private void skipSpace() {
    while (at < line.length() && Character.isWhitespace(line.charAt(at))) {
      at++;
    }
  }

  private PilothouseException bad(String why) {
    String shown = line.length() > 200 ? line.substring(0, 200) + "…" : line;
    return new PilothouseException(
        "reading metrics", "line " + number + ": " + why + ": " + shown, "", null, null);
  }
}
