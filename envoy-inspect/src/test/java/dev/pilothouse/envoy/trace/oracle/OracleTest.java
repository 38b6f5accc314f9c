package dev.pilothouse.envoy.trace.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pilothouse.envoy.trace.oracle.Oracle.Score;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Compares the tracer with real Envoys. The build runs a sample; to run it whole, or with another
 * seed:
 *
 * <pre>{@code
 * mvn test -pl envoy-inspect -am -Dtest=OracleTest -Dsurefire.failIfNoSpecifiedTests=false \
 *     -Doracle.pairs=400 -Doracle.seed=2
 * }</pre>
 */
class OracleTest {
  private static final int PAIRS = Integer.getInteger("oracle.pairs", 20);
  private static final long SEED = Long.getLong("oracle.seed", 1);
  private static final Pattern KINDS = Pattern.compile(System.getProperty("oracle.kinds", ""));

  static Stream<Integer> minors() {
    return Arrays.stream(System.getProperty("oracle.minors", "36,37,38,39,40").split(",", -1))
        .map(Integer::valueOf);
  }

  @ParameterizedTest(name = "Envoy 1.{0}")
  @MethodSource("minors")
  void tracerAgreesWithEnvoy(int minor) throws IOException {
    List<Kind> kinds = Kinds.all().stream().filter(k -> KINDS.matcher(k.name()).find()).toList();
    Map<String, Score> scores = Oracle.run(kinds, minor, SEED, PAIRS);
    String table = OracleTable.of("Envoy 1." + minor, scores);
    OracleTable.store(minor, table, scores);
    scores.forEach(
        (kind, score) ->
            assertThat(score.disagreements.stream().limit(3)).as("%s\n%s", kind, table).isEmpty());
  }
}
