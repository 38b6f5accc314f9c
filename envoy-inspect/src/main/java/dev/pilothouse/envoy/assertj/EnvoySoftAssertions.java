package dev.pilothouse.envoy.assertj;

import java.util.function.Consumer;
import org.assertj.core.api.AbstractSoftAssertions;
import org.assertj.core.api.SoftAssertionsProvider;
import org.assertj.core.api.StandardSoftAssertionsProvider;

/**
 * Assertions that do not stop at the first failure. All failures are reported by {@link
 * #assertAll()}, or at the end of {@link #assertSoftly}. AssertJ's own assertions are on it too.
 *
 * <pre>{@code
 * EnvoySoftAssertions.assertSoftly(
 *     softly -> {
 *       softly.assertThat(config).hasNoRejectedConfig();
 *       softly.assertThat(config).cluster("outbound|8000||httpbin").hasMaxConnections(7);
 *       softly.assertThat(reply.status()).isEqualTo(200);
 *     });
 * }</pre>
 *
 * <p>A part that is not there, as a cluster, is one failure; what is asserted on it then is passed
 * over. With JUnit, {@code @ExtendWith(SoftAssertionsExtension.class)} injects an instance into a
 * field with {@code @InjectSoftAssertions} or a parameter, and calls {@code assertAll()}. Not safe
 * for use by several threads.
 */
public class EnvoySoftAssertions extends AbstractSoftAssertions
    implements EnvoySoftAssertionsProvider, StandardSoftAssertionsProvider {

  /** Makes one that has collected nothing. */
  public EnvoySoftAssertions() {}

  /**
   * Runs assertions and reports all that failed.
   *
   * @param assertions what to assert
   * @throws AssertionError if any failed, with the messages of all
   */
  public static void assertSoftly(Consumer<EnvoySoftAssertions> assertions) {
    SoftAssertionsProvider.assertSoftly(EnvoySoftAssertions.class, assertions);
  }
}
