package dev.pilothouse.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;
import jdk.jshell.SourceCodeAnalysis.CompletionInfo;
import org.junit.jupiter.api.Test;

/**
 * The session of docs/jshell.md, typed again: what each block prints must be what the page shows.
 * It needs no cluster and no Envoy. When it fails, the page as it would have to be lies in {@code
 * target/jshell.md}.
 */
class JShellSessionTest {
  private static final Path PAGE = Path.of("..", "docs", "jshell.md");
  private static final Path START_UP = Path.of("..", "examples", "jshell", "pilothouse.jsh");
  private static final Pattern BLOCK =
      Pattern.compile("(?ms)^```java\\R(.*?)^```\\R```text\\R(.*?)^```$");

  @Test
  void everyBlockPrintsWhatThePageShows() throws IOException {
    String page = Files.readString(PAGE);
    String replayed = replay(page);
    Files.writeString(Path.of("target", "jshell.md"), replayed);

    assertThat(BLOCK.matcher(page).results().count()).isGreaterThan(4);
    assertThat(replayed).as("target/jshell.md").isEqualTo(page);
  }

  /** The page with what its blocks print now. */
  private static String replay(String page) throws IOException {
    // The local engine runs the snippets in this JVM.
    try (JShell shell = JShell.builder().executionEngine("local").build()) {
      shell.addToClasspath(System.getProperty("java.class.path"));
      printed(shell, Files.readString(START_UP));
      return BLOCK
          .matcher(page)
          .replaceAll(
              block ->
                  Matcher.quoteReplacement(
                      "```java\n%s```\n```text\n%s```"
                          .formatted(block.group(1), printed(shell, block.group(1)))));
    }
  }

  private static String printed(JShell shell, String typed) {
    PrintStream before = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      type(shell, typed);
    } finally {
      System.setOut(before);
    }
    return bytes
        .toString(StandardCharsets.UTF_8)
        // This runs in the module's folder, the page speaks of the root.
        .replace("../envoy-inspect", "envoy-inspect")
        .lines()
        .map(line -> line.stripTrailing() + "\n")
        .collect(Collectors.joining());
  }

  private static void type(JShell shell, String typed) {
    String rest = typed.replace("\"envoy-inspect/", "\"../envoy-inspect/");
    while (!rest.isBlank()) {
      CompletionInfo next = shell.sourceCodeAnalysis().analyzeCompletion(rest);
      for (SnippetEvent event : shell.eval(next.source())) {
        check(shell, event);
      }
      rest = next.remaining();
    }
  }

  private static void check(JShell shell, SnippetEvent event) {
    String problems =
        shell
            .diagnostics(event.snippet())
            .map(diagnostic -> diagnostic.getMessage(Locale.ROOT))
            .collect(Collectors.joining("\n"));
    assertThat(event.status())
        .as("%s%n%s", event.snippet().source(), problems)
        .isEqualTo(Snippet.Status.VALID);
    assertThat(event.exception()).as(event.snippet().source()).isNull();
  }
}
