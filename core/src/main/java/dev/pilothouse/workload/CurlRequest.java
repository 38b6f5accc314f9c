package dev.pilothouse.workload;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pilothouse.workload.NoReplyException.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A request as curl sends it, and its answer as curl prints it. curl adds nothing to the request of
 * its own accord, follows no redirects and leaves the path as it is.
 */
final class CurlRequest {
  /** Ends the output; what stands behind it is how long it took. */
  private static final String END = "\npilothouse-took ";

  private static final int NO_CONNECTION = 7;
  private static final int TIMED_OUT = 28;

  /** Nothing came, or not all of it: curl's 18, 52, 55 and 56. */
  private static final List<Integer> CLOSED = List.of(18, 52, 55, 56);

  private final HttpCall call;

  CurlRequest(HttpCall call) {
    this.call = call;
  }

  List<String> command() {
    List<String> command = new ArrayList<>(List.of("curl", "-q", "-sS", "-i", "--http1.1"));
    command.addAll(List.of("--path-as-is", "-g", "--noproxy", "*"));
    command.addAll(List.of("--max-time", seconds(call.deadline())));
    command.addAll(List.of("-w", END + "%{time_total}"));
    if (call.method().equals("HEAD")) {
      command.add("--head");
    } else {
      command.addAll(List.of("-X", call.method()));
    }
    for (String own : List.of("User-Agent", "Accept", "Content-Type", "Expect")) {
      if (call.headers().keySet().stream().noneMatch(own::equalsIgnoreCase)) {
        command.addAll(List.of("-H", own + ":"));
      }
    }
    call.headers()
        .forEach(
            (name, value) ->
                command.addAll(List.of("-H", value.isEmpty() ? name + ";" : name + ": " + value)));
    if (!call.body().isEmpty()) {
      command.addAll(List.of("--data-raw", call.body()));
    }
    command.addAll(List.of("--", call.url().toString()));
    return command;
  }

  private static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.3f", Math.max(1, duration.toMillis()) / 1000.0);
  }

  /** Why curl brought no answer. */
  static Reason reason(int exitCode) {
    if (exitCode == NO_CONNECTION) {
      return Reason.REFUSED;
    }
    if (exitCode == TIMED_OUT) {
      return Reason.DEADLINE;
    }
    return CLOSED.contains(exitCode) ? Reason.CLOSED : Reason.OTHER;
  }

  /** Reads what curl printed: a byte is a character until the body is known. */
  static HttpReply reply(byte[] output) {
    String text = new String(output, ISO_8859_1);
    int end = text.lastIndexOf(END);
    double seconds = Double.parseDouble(text.substring(end + END.length()).strip());
    int start = 0;
    int blank = text.indexOf("\r\n\r\n");
    while (text.startsWith(" 1", text.indexOf(' ', start))) { // 100 Continue, 103 Early Hints
      start = blank + 4;
      blank = text.indexOf("\r\n\r\n", start);
    }
    List<String> lines = text.substring(start, blank).lines().toList();
    Map<String, List<String>> headers = new LinkedHashMap<>();
    for (String line : lines.subList(1, lines.size())) {
      int colon = line.indexOf(':');
      headers
          .computeIfAbsent(
              line.substring(0, colon).toLowerCase(Locale.ROOT), name -> new ArrayList<>())
          .add(line.substring(colon + 1).strip());
    }
    return new HttpReply(
        Integer.parseInt(lines.get(0).split(" ", -1)[1]),
        headers,
        new String(text.substring(blank + 4, end).getBytes(ISO_8859_1), UTF_8),
        Duration.ofNanos(Math.round(seconds * 1e9)));
  }
}
