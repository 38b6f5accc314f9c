package dev.pilothouse.examples;

import dev.pilothouse.toolbox.ToolboxEvent;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Shows what the toolbox does while it provisions: a line for each step, and on a terminal a bar
 * while Go compiles. The library itself prints nothing; this is how a program may.
 */
final class ProgressPrinter implements Consumer<ToolboxEvent> {
  private static final int BAR = 30;
  private static final int CLEAR_TO = 78;

  private final PrintStream out;
  private final boolean terminal;
  private int lastTenth = -1;

  // From JDK 22 on a redirected output has a console too, and gets the bar: ugly, but no harm.
  @SuppressWarnings("SystemConsoleNull")
  ProgressPrinter(PrintStream out) {
    this.out = out;
    this.terminal = System.console() != null;
  }

  @Override
  public synchronized void accept(ToolboxEvent event) {
    if (event instanceof ToolboxEvent.Waiting waiting) {
      line("  waiting for another process that provides " + waiting.what());
    } else if (event instanceof ToolboxEvent.DownloadStarted download) {
      line("  downloading " + download.what());
    } else if (event instanceof ToolboxEvent.DownloadProgress download) {
      transientLine("  " + download.line());
    } else if (event instanceof ToolboxEvent.DownloadFinished download) {
      line("  downloaded " + download.what() + " in " + seconds(download.took()));
    } else if (event instanceof ToolboxEvent.BuildStarted build) {
      lastTenth = -1;
      line("  building " + names(build.tools()) + " (" + build.packages() + " Go packages)");
    } else if (event instanceof ToolboxEvent.BuildProgress build) {
      built(build);
    } else if (event instanceof ToolboxEvent.BuildFinished build) {
      line("  built " + names(build.tools()) + " in " + seconds(build.took()));
    }
  }

  private void built(ToolboxEvent.BuildProgress build) {
    int filled = BAR * build.done() / Math.max(1, build.packages());
    transientLine(
        String.format(
            Locale.ROOT,
            "  [%s%s] %d/%d",
            "#".repeat(filled),
            ".".repeat(BAR - filled),
            build.done(),
            build.packages()));
    int tenth = 10 * build.done() / Math.max(1, build.packages());
    if (!terminal && tenth > lastTenth) {
      lastTenth = tenth;
      out.println("    " + build.done() + " of " + build.packages() + " packages");
    }
  }

  private void line(String text) {
    out.println(terminal ? "\r" + padded(text) : text);
  }

  private void transientLine(String text) {
    if (terminal) {
      out.print("\r" + padded(text));
      out.flush();
    }
  }

  private static String padded(String text) {
    String cut = text.length() > CLEAR_TO ? text.substring(0, CLEAR_TO) : text;
    return cut + " ".repeat(CLEAR_TO - cut.length());
  }

  private static String names(Set<?> tools) {
    Set<String> names = new TreeSet<>();
    tools.forEach(tool -> names.add(tool.toString().toLowerCase(Locale.ROOT).replace('_', '-')));
    return String.join(", ", names);
  }

  private static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
  }
}
