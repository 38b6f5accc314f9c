package dev.pilothouse.benchmarks;

import dev.pilothouse.envoy.ConfigSource;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigInspector;
import dev.pilothouse.envoy.diff.EnvoyDiff;
import dev.pilothouse.envoy.lint.EnvoyLint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Compares the dump of a large mesh with one in which a single timeout differs, and lints it, each
 * from the file on. There is no peer to run: the comparison of {@code istioctl} takes one of its
 * two sides from a running istiod and compares texts, and {@code istioctl analyze} reads Istio's
 * resources, not what Envoy runs with.
 */
final class AnalysisBench {
  private static final int WARM_UP = 5;
  private static final int ROUNDS = 10;

  private AnalysisBench() {}

  static void run(Path file, Report report) throws IOException {
    Path other = file.resolveSibling("large-dump-changed.json");
    String text = Files.readString(file);
    Files.writeString(other, text.replaceFirst("\"timeout\": \"4s\"", "\"timeout\": \"5s\""));
    EnvoyConfigInspector inspector = EnvoyConfigInspector.create();
    Samples diffs = new Samples();
    Samples lints = new Samples();
    int findings = 0;
    for (int i = -WARM_UP; i < ROUNDS; i++) {
      Stopwatch watch = new Stopwatch();
      EnvoyConfig before = inspector.read(ConfigSource.file(file));
      EnvoyConfig after = inspector.read(ConfigSource.file(other));
      int differences = EnvoyDiff.between(before, after).differences().size();
      if (i >= 0) {
        diffs.add(watch.elapsed());
      }
      if (differences != 1) {
        throw new IllegalStateException(differences + " differences, not one");
      }
    }
    for (int i = -WARM_UP; i < ROUNDS; i++) {
      Stopwatch watch = new Stopwatch();
      EnvoyConfig config = inspector.read(ConfigSource.file(file));
      findings = EnvoyLint.create().check(config).findings().size();
      if (i >= 0) {
        lints.add(watch.elapsed());
      }
    }
    report.add("  read two and compare by meaning: one difference", diffs, "no peer");
    report.add("  read and lint: " + findings + " findings", lints, "no peer");
  }
}
