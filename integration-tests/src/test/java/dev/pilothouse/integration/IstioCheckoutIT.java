package dev.pilothouse.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pilothouse.source.AppliedEdits;
import dev.pilothouse.source.CompileFailedException;
import dev.pilothouse.source.CompileFailedException.CompileError;
import dev.pilothouse.source.CompileOptions;
import dev.pilothouse.source.IstioCheckout;
import dev.pilothouse.source.IstioSource;
import dev.pilothouse.source.IstiodBinary;
import dev.pilothouse.source.IstiodCompiler;
import dev.pilothouse.source.SourceEdit;
import dev.pilothouse.source.SourcePlace;
import dev.pilothouse.toolbox.Command;
import dev.pilothouse.toolbox.GoModule;
import dev.pilothouse.toolbox.Toolbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Git checkout of the whole of Istio: the pinned module's files, committed. */
class IstioCheckoutIT {
  private static final String ROUTE = "pilot/pkg/networking/core/route/route.go";

  @TempDir static Path folder;

  private static Toolbox toolbox;
  private static IstioCheckout checkout;
  private static CompileOptions options;

  @BeforeAll
  static void makeCheckout() throws IOException {
    toolbox = Toolbox.create();
    Path root = folder.toRealPath().resolve("istio");
    copyFiles(toolbox.provisionIstioModule().directory(), root);
    git(root, "init", "-q", "-b", "master");
    git(root, "add", "-A");
    git(root, "commit", "-q", "-m", "Istio");
    checkout = IstioSource.checkout(root);
    options = CompileOptions.release().withGoFlags(List.of("-modfile=" + pins()));
  }

  /** Not all that Istio's own go.mod requires can be had from a module proxy: use the pins. */
  private static Path pins() throws IOException {
    Path pins = folder.resolve("pins");
    GoModule.ISTIO.writeTo(pins);
    Path goMod = pins.resolve("go.mod");
    String ours =
        Files.readString(goMod)
            .replaceFirst("(?m)^module .*$", "module istio.io/istio")
            .replaceFirst("(?m)^\\s*istio.io/istio v.*$", "")
            .replaceFirst("(?s)tool \\(.*?\\)", "");
    return Files.writeString(goMod, ours);
  }

  @Test
  void knowsTheWholeTree() {
    assertThat(checkout.version()).isEqualTo("1.31-dev");
    assertThat(checkout.branch()).contains("master");
    assertThat(checkout.dirtyFiles()).isEmpty();
    assertThat(checkout.map().places()).allMatch(SourcePlace::present);
  }

  @Test
  void compilesAndStampsTheCommit() {
    IstiodBinary binary = IstiodCompiler.create(toolbox).compile(checkout, List.of(), options);
    assertThat(binary.version().version()).isEqualTo("1.31-dev");
    assertThat(binary.version().revision()).isEqualTo(checkout.revision());
    assertThat(binary.version().status()).isEqualTo("Clean");
  }

  @Test
  void namesErrorsOfEditsInTheTreeItself() throws IOException {
    List<String> lines = Files.readAllLines(checkout.root().resolve(ROUTE));
    int line = lines.indexOf("\tsetTimeout(out.GetRoute(), nil, nil)") + 1;
    SourceEdit broken =
        SourceEdit.replace(
            ROUTE,
            "setTimeout(out.GetRoute(), nil, nil)",
            "setTimeout(out.GetRoute(), nothing, nil)");
    try (AppliedEdits edits = checkout.editInPlace(List.of(broken))) {
      assertThat(edits.files()).containsExactly(ROUTE);
      CompileFailedException e =
          catchThrowableOfType(
              CompileFailedException.class,
              () -> IstiodCompiler.create(toolbox).compile(checkout, List.of(), options));
      assertThat(e.errors())
          .containsExactly(new CompileError(ROUTE, line, 29, "undefined: nothing"));
    }
    assertThat(checkout.dirtyFiles()).isEmpty();
  }

  private static void copyFiles(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path copy = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          // The bytes alone: what lies in the module cache is read-only.
          Files.write(copy, Files.readAllBytes(file));
        }
      }
    }
  }

  /** At a fixed time, so that the commit is the same each time and compiled only once. */
  private static void git(Path root, String... arguments) {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(arguments));
    Map<String, String> environment =
        Map.of(
            "GIT_AUTHOR_NAME", "t",
            "GIT_AUTHOR_EMAIL", "t@example.com",
            "GIT_AUTHOR_DATE", "2026-01-01T00:00:00Z",
            "GIT_COMMITTER_NAME", "t",
            "GIT_COMMITTER_EMAIL", "t@example.com",
            "GIT_COMMITTER_DATE", "2026-01-01T00:00:00Z");
    new Command(command, environment, root, Duration.ofMinutes(2)).output();
  }
}
