package dev.pilothouse.envoy.assertj;

import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.Owner;
import dev.pilothouse.envoy.assertj.ConfigJudge.Comparison;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.assertj.core.api.AbstractAssert;
import org.assertj.core.api.Condition;
import org.assertj.core.api.SoftAssertionsProvider;
import org.jspecify.annotations.Nullable;

/**
 * What all assertions of this package have in common: they know where in the configuration they
 * stand, and tell it when they fail. Not safe for use by several threads.
 *
 * @param <S> the assertion's own type
 * @param <A> the type of what it is about
 */
public abstract class AbstractEnvoyAssert<S extends AbstractEnvoyAssert<S, A>, A>
    extends AbstractAssert<S, A> {
  private Spot spot = Spot.NOWHERE;

  /** Not null when failures are collected. AssertJ's proxies know nothing of navigation. */
  private @Nullable SoftAssertionsProvider soft;

  AbstractEnvoyAssert(@Nullable A actual, Class<?> type) {
    super(actual, type);
  }

  /**
   * A part that was found.
   *
   * @param part the part
   * @param spot where it is
   */
  record Found<T>(T part, Spot spot) {}

  final Spot spot() {
    return spot;
  }

  final S at(Spot here) {
    spot = here;
    return myself;
  }

  final S collectedBy(SoftAssertionsProvider collector) {
    soft = collector;
    return myself;
  }

  /** Failures of AssertJ's own making as well; see {@link Callers}. */
  @Override
  protected AssertionError failure(String message, Object... arguments) {
    return Callers.only(super.failure(message, arguments));
  }

  @Override
  protected AssertionError failureWithActualExpected(
      Object actualValue, Object expectedValue, String message, Object... arguments) {
    return Callers.only(
        super.failureWithActualExpected(actualValue, expectedValue, message, arguments));
  }

  /** The configuration that navigation began at. */
  final EnvoyConfig config(String purpose) {
    EnvoyConfig config = spot.config();
    if (config == null) {
      throw failure(
          "%s",
          "\nundecided: %s needs the whole configuration; begin with assertThat(EnvoyConfig)"
              .formatted(purpose));
    }
    return config;
  }

  /** Runs an assertion, unless there is nothing to assert on. */
  final S verify(Runnable assertion) {
    requireActual();
    assertion.run();
    return myself;
  }

  /**
   * Goes to a part. When failures are collected and there is no such part, that is one failure, and
   * what is asserted on the part then is passed over.
   */
  final <C extends AbstractEnvoyAssert<C, T>, T> C navigate(
      Class<C> type, Class<T> partType, Function<T, C> maker, Supplier<Found<T>> finder) {
    SoftAssertionsProvider collector = soft;
    if (collector == null) {
      requireActual();
      Found<T> found = finder.get();
      return describedAlike(maker.apply(found.part()).at(found.spot()));
    }
    try {
      requireActual();
      Found<T> found = finder.get();
      C next = Softly.proxy(collector, type, partType, found.part());
      return describedAlike(next.at(found.spot()));
    } catch (AssertionError notThere) {
      collector.collectAssertionError(notThere);
      return Softly.passingOver(type, partType);
    }
  }

  private <C extends AbstractEnvoyAssert<C, ?>> C describedAlike(C next) {
    if (info.hasDescription()) {
      next.info.description(info.description());
    }
    return next;
  }

  private void requireActual() {
    if (actual == null) {
      throw failure("%s", "\nExpected something to assert on, but it is null");
    }
  }

  /** A failure without values to compare. */
  final AssertionError failed(String expected, String but) {
    return failure("%s", text(expected, but) + spot.lines().stripTrailing());
  }

  /** A failure with expected and actual as YAML, which an IDE shows side by side. */
  final AssertionError differs(
      String expected, String but, Object actualValue, Object expectedValue) {
    String actualYaml = Yaml.of(actualValue);
    String expectedYaml = Yaml.of(expectedValue);
    String message =
        text(expected, but)
            + "expected:\n"
            + expectedYaml.indent(2)
            + "actual:\n"
            + actualYaml.indent(2)
            + spot.lines().stripTrailing();
    return compared(actualYaml, expectedYaml, message);
  }

  /** A failure because the configuration does not tell. */
  final AssertionError undecided(String expected, String why) {
    return failed(expected, "that is undecided: " + why);
  }

  /** A failure because there is nothing of a name. */
  final AssertionError noSuch(String kind, String plural, String name, Collection<String> names) {
    String message =
        "\nExpected %s\nto have the %s \"%s\",\nbut it has none of that name; %s\n"
            .formatted(spot.name(), kind, name, NearestNames.text(name, names, plural));
    return compared(
        Yaml.of(NearestNames.of(name, names)),
        Yaml.of(List.of(name)),
        message + spot.lines().stripTrailing());
  }

  private AssertionError compared(String actualYaml, String expectedYaml, String message) {
    Comparison comparison = spot.comparison();
    if (comparison != null) {
      comparison.note(actualYaml, expectedYaml);
    }
    return failureWithActualExpected(actualYaml, expectedYaml, "%s", message);
  }

  /** Verifies the Istio object that something was made from. */
  final void checkOwner(Optional<Owner> owner, String kind, String namespace, String name) {
    Owner wanted = new Owner(owner.map(Owner::apiVersion).orElse(""), kind, namespace, name);
    if (!owner.equals(Optional.of(wanted))) {
      throw differs(
          "to be made from " + wanted,
          owner.map(o -> "it is made from " + o).orElse("it does not say what it is made from"),
          owner.map(Owner::toString).orElse(""),
          wanted.toString());
    }
  }

  private String text(String expected, String but) {
    return "\nExpected %s\n%s,\nbut %s\n".formatted(spot.name(), expected, but);
  }

  // What follows hands the actual value to code of the caller's, which does not expect null.

  @Override
  public S is(Condition<? super A> condition) {
    requireActual();
    return super.is(condition);
  }

  @Override
  public S isNot(Condition<? super A> condition) {
    requireActual();
    return super.isNot(condition);
  }

  @Override
  public S has(Condition<? super A> condition) {
    requireActual();
    return super.has(condition);
  }

  @Override
  public S doesNotHave(Condition<? super A> condition) {
    requireActual();
    return super.doesNotHave(condition);
  }

  @Override
  public S satisfies(Condition<? super A> condition) {
    requireActual();
    return super.satisfies(condition);
  }

  @Override
  public S matches(Predicate<? super A> predicate) {
    requireActual();
    return super.matches(predicate);
  }

  @Override
  public S matches(Predicate<? super A> predicate, String description) {
    requireActual();
    return super.matches(predicate, description);
  }

  @Override
  protected S satisfiesForProxy(Consumer<? super A>[] assertions) {
    requireActual();
    return super.satisfiesForProxy(assertions);
  }

  @Override
  protected S satisfiesAnyOfForProxy(Consumer<? super A>[] assertions) {
    requireActual();
    return super.satisfiesAnyOfForProxy(assertions);
  }
}
