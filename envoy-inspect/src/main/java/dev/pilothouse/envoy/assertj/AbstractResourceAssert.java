package dev.pilothouse.envoy.assertj;

import dev.pilothouse.envoy.Resource;
import dev.pilothouse.envoy.Resource.Origin;
import dev.pilothouse.envoy.Resource.State;
import dev.pilothouse.envoy.Unknown;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Assertions that every kind of resource has: its state, version and origin.
 *
 * @param <S> the assertion's own type
 * @param <R> the kind of resource
 */
public abstract class AbstractResourceAssert<
        S extends AbstractResourceAssert<S, R>, R extends Resource>
    extends AbstractEnvoyAssert<S, R> {

  AbstractResourceAssert(@Nullable R actual, Class<?> type, String kind) {
    super(actual, type);
    if (actual != null) {
      at(Spot.of(actual, kind));
    }
  }

  /**
   * Verifies that it is in use.
   *
   * <pre>{@code
   * assertThat(config).listener("0.0.0.0_8000").isActive();  // passes
   * assertThat(config).listener("rejected").isActive();      // fails: it is rejected: …
   * }</pre>
   *
   * @return this
   */
  public S isActive() {
    return hasState(State.ACTIVE);
  }

  /**
   * Verifies its state.
   *
   * <pre>{@code
   * assertThat(config).cluster("waits").hasState(State.WARMING);  // passes
   * assertThat(config).cluster("waits").hasState(State.ACTIVE);   // fails: it is warming
   * }</pre>
   *
   * @param expected the state
   * @return this
   */
  public S hasState(State expected) {
    return verify(
        () -> {
          if (actual.state() != expected) {
            String reason = actual.reason().isEmpty() ? "" : ": " + actual.reason();
            throw differs(
                "to be " + lower(expected),
                "it is " + lower(actual.state()) + reason,
                Yaml.field("state", lower(actual.state())),
                Yaml.field("state", lower(expected)));
          }
        });
  }

  /**
   * Verifies the version that the control plane gave it.
   *
   * <pre>{@code
   * assertThat(config).route("80").hasVersion("r1");  // passes
   * assertThat(config).route("80").hasVersion("r2");  // fails: its version is "r1"
   * }</pre>
   *
   * @param expected the version; empty for none, as istiod gives over delta xDS
   * @return this
   */
  public S hasVersion(String expected) {
    return verify(
        () -> {
          if (!actual.version().equals(expected)) {
            throw differs(
                "to have the version \"" + expected + "\"",
                "its version is \"" + actual.version() + "\"",
                Yaml.field("version_info", actual.version()),
                Yaml.field("version_info", expected));
          }
        });
  }

  /**
   * Verifies that it came from a control plane, or a watched file.
   *
   * <pre>{@code
   * assertThat(config).cluster("outbound|80||httpbin").isDynamic();  // passes
   * assertThat(config).cluster("xds-grpc").isDynamic();              // fails: it is static
   * }</pre>
   *
   * @return this
   */
  public S isDynamic() {
    return hasOrigin(Origin.DYNAMIC);
  }

  /**
   * Verifies that it is from the bootstrap, or written inside such a resource.
   *
   * <pre>{@code
   * assertThat(config).cluster("xds-grpc").isStatic();              // passes
   * assertThat(config).cluster("outbound|80||httpbin").isStatic();  // fails: it is dynamic
   * }</pre>
   *
   * @return this
   */
  public S isStatic() {
    return hasOrigin(Origin.STATIC);
  }

  /**
   * Verifies the Istio object that it was made from, as its own metadata says. Routes and filter
   * chains have owners of their own.
   *
   * <pre>{@code
   * assertThat(config).cluster("outbound|8000||httpbin").isMadeFrom("DestinationRule", "default",
   *     "httpbin");  // passes
   * assertThat(config).cluster("outbound|9080||reviews").isMadeFrom("DestinationRule", "default",
   *     "reviews");  // fails: it does not say what it is made from
   * }</pre>
   *
   * @param kind as {@code DestinationRule}
   * @param namespace its namespace
   * @param name its name
   * @return this
   */
  public S isMadeFrom(String kind, String namespace, String name) {
    return verify(() -> checkOwner(actual.owner(), kind, namespace, name));
  }

  /**
   * Verifies that this library knows every type, field and enum value in it.
   *
   * <pre>{@code
   * assertThat(config).listener("0.0.0.0_8000").hasNothingUnknown();  // passes
   * assertThat(config).listener("virtualInbound").hasNothingUnknown();
   * // fails: TYPE type.googleapis.com/stats.PluginConfig at /configs/…
   * }</pre>
   *
   * @return this
   */
  public S hasNothingUnknown() {
    return verify(
        () -> {
          List<Unknown> unknown = actual.unknown();
          if (!unknown.isEmpty()) {
            throw failed("to hold nothing unknown", "it holds " + unknownText(unknown));
          }
        });
  }

  static String unknownText(List<Unknown> unknown) {
    return unknown.size()
        + " unknown parts: "
        + unknown.stream()
            .limit(20)
            .map(u -> "\n  " + u.kind() + " " + u.name() + " at " + u.pointer())
            .collect(Collectors.joining());
  }

  private S hasOrigin(Origin expected) {
    return verify(
        () -> {
          if (actual.origin() != expected) {
            throw differs(
                "to be " + lower(expected),
                "it is " + lower(actual.origin()),
                Yaml.field("origin", lower(actual.origin())),
                Yaml.field("origin", lower(expected)));
          }
        });
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
