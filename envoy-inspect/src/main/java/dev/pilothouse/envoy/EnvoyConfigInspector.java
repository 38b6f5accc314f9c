package dev.pilothouse.envoy;

import java.time.Duration;
import java.util.function.Predicate;

/**
 * Reads Envoy's configuration, or waits until it is as wanted. Immutable and safe for use by
 * several threads.
 *
 * <pre>{@code
 * EnvoyConfigInspector inspector = EnvoyConfigInspector.create();
 * EnvoyConfig config =
 *     inspector.await(
 *         ConfigSource.admin(URI.create("http://127.0.0.1:15000")),
 *         c -> c.route("8000").flatMap(r -> r.virtualHost("httpbin")).isPresent(),
 *         Duration.ofSeconds(10));
 * }</pre>
 */
public interface EnvoyConfigInspector {
  /**
   * An inspector with {@link ReadLimits#DEFAULT}.
   *
   * @return the inspector
   */
  static EnvoyConfigInspector create() {
    return create(ReadLimits.DEFAULT);
  }

  /**
   * An inspector with other limits.
   *
   * @param limits how large a configuration may be and how long one read may take
   * @return the inspector
   */
  static EnvoyConfigInspector create(ReadLimits limits) {
    return new LimitedInspector(limits);
  }

  /**
   * Reads a configuration once.
   *
   * @param source where it comes from
   * @return the configuration as it is now
   * @throws EnvoyConfigException if the source does not answer, or its answer is no configuration
   */
  EnvoyConfig read(ConfigSource source);

  /**
   * Reads a configuration again and again, every few milliseconds, until it is as wanted. A source
   * that does not answer yet is asked again.
   *
   * @param source where it comes from
   * @param wanted the condition; asked once for each configuration that differs from the one
   *     before, so it must depend on nothing else; what it throws counts as "not yet" and is told
   *     on failure
   * @param deadline how long to wait at most; at least one read is made
   * @return the first configuration that is as wanted
   * @throws EnvoyConfigException if none was before the deadline, or the thread was interrupted: it
   *     tells what was seen last and how often the configuration changed, and has {@link
   *     EnvoyConfigException#lastSeen()}
   */
  EnvoyConfig await(ConfigSource source, Predicate<EnvoyConfig> wanted, Duration deadline);
}
