package dev.pilothouse.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import jdk.jshell.EvalException;
import jdk.jshell.JShell;
import jdk.jshell.JShellException;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;
import jdk.jshell.SourceCodeAnalysis.CompletionInfo;
import org.junit.jupiter.api.Test;

/** The README's Java, block after block, as a reader would paste it into JShell. */
class ReadmeIT {
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```java\\R(.*?)^```$");

  /** Those that need Docker; a reader sees no difference. */
  private static final Pattern KIND_BLOCK = Pattern.compile("(?ms)^```java kind\\R(.*?)^```$");

  /** In the README each assert is one line. */
  private static final Pattern ASSERT = Pattern.compile("(?m)\\bassert (.*);$");

  private static final Pattern IMPORT = Pattern.compile("(?m)^import .*;\\R");

  @Test
  void everyBlockRuns() throws IOException {
    List<String> blocks = blocks(BLOCK);
    assertThat(blocks).hasSizeGreaterThan(3);
    // The local engine runs the snippets in this JVM, with assertions as surefire enables them.
    try (JShell shell = JShell.builder().executionEngine("local").build()) {
      shell.addToClasspath(System.getProperty("java.class.path"));
      try {
        // JShell sets every variable back to null when a static import comes after it.
        blocks.forEach(block -> run(shell, imports(block)));
        blocks.forEach(block -> run(shell, IMPORT.matcher(block).replaceAll("")));
      } finally {
        // A block that failed must not leave the mesh of an earlier one behind.
        shell.eval("if (mesh != null) mesh.close();");
      }
    }
  }

  /** With the testbed's images: the usual ones come from the network. */
  @Test
  void everyBlockOnKindRuns() throws IOException {
    KindFixture testbed = KindFixture.require();
    List<String> blocks = blocks(KIND_BLOCK).stream().map(b -> withImagesOf(testbed, b)).toList();
    assertThat(blocks).hasSizeGreaterThan(2);
    try (JShell shell = JShell.builder().executionEngine("local").build()) {
      shell.addToClasspath(System.getProperty("java.class.path"));
      try {
        blocks(BLOCK).forEach(block -> run(shell, imports(block)));
        blocks.forEach(block -> run(shell, imports(block)));
        // What they have of the blocks before them.
        run(shell, "Toolbox toolbox = Toolbox.create();");
        run(shell, blockWith("IstiodBinary changed").replaceAll("(?s)mesh\\.istiod.*", ""));
        run(shell, IMPORT.matcher(blocks.get(0)).replaceAll(""));
        run(shell, "kind.load(List.of(\"" + String.join("\", \"", testbed.images()) + "\"));");
        blocks.stream().skip(1).forEach(block -> run(shell, IMPORT.matcher(block).replaceAll("")));
      } finally {
        shell.eval("if (kind != null) kind.close();");
      }
    }
  }

  private static String blockWith(String text) throws IOException {
    return blocks(BLOCK).stream().filter(block -> block.contains(text)).findFirst().orElseThrow();
  }

  private static String withImagesOf(KindFixture testbed, String block) {
    String samples = "\"" + testbed.hub() + "/curl:" + testbed.sampleTag() + "\"";
    return block
        .replace(
            "named(\"istio-dev\")",
            "named(\"readme\").withNodeImage(\"" + testbed.nodeImage() + "\")")
        .replace(
            "\"docker.io/istio\", \"1.29.0\"",
            "\"" + testbed.hub() + "\", \"" + testbed.istioTag() + "\"")
        .replace("ISTIO_DEFAULTS", "UPSTREAM_ENVOY_MTLS") // The testbed's proxy is upstream's.
        .replace(
            "PodOptions.defaults()",
            "PodOptions.defaults().withApplicationImage(%s).withClientImage(%s)"
                .formatted(samples, samples));
  }

  private static List<String> blocks(Pattern kind) throws IOException {
    return kind.matcher(Files.readString(Path.of("..", "README.md")))
        .results()
        .map(block -> block.group(1))
        .toList();
  }

  private static String imports(String block) {
    return IMPORT.matcher(block).results().map(MatchResult::group).collect(Collectors.joining());
  }

  private static void run(JShell shell, String block) {
    String rest = block;
    while (!rest.isBlank()) {
      CompletionInfo next = shell.sourceCodeAnalysis().analyzeCompletion(rest);
      String snippet = withFailingAsserts(next.source());
      for (SnippetEvent event : shell.eval(snippet)) {
        check(shell, snippet, event);
      }
      rest = next.remaining();
    }
  }

  /** JShell loads its snippets into classes for which assertions may be off: make them real. */
  private static String withFailingAsserts(String snippet) {
    return ASSERT
        .matcher(snippet)
        .replaceAll(
            found ->
                Matcher.quoteReplacement(
                    "if (!(%s)) throw new AssertionError(%s);"
                        .formatted(found.group(1), quoted("false: " + found.group(1)))));
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replaceAll("\\R\\s*", " ") + '"';
  }

  private static void check(JShell shell, String snippet, SnippetEvent event) {
    String problems =
        shell
            .diagnostics(event.snippet())
            .map(diagnostic -> diagnostic.getMessage(Locale.ROOT))
            .collect(Collectors.joining("\n"));
    assertThat(event.status()).as("%s%n%s", snippet, problems).isEqualTo(Snippet.Status.VALID);
    JShellException thrown = event.exception();
    if (thrown instanceof EvalException failure) {
      throw new AssertionError(
          snippet + "\nthrew " + failure.getExceptionClassName() + ": " + failure.getMessage(),
          failure);
    }
    assertThat(thrown).as(snippet).isNull();
  }
}
