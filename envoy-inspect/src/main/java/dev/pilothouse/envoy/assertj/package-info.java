/**
 * Assertions on Envoy's configuration, for AssertJ. They lead through the configuration in Envoy's
 * own words, not by JSON paths:
 *
 * <pre>{@code
 * import static dev.pilothouse.envoy.assertj.EnvoyAssertions.assertThat;
 * import static dev.pilothouse.envoy.assertj.EnvoyAssertions.get;
 *
 * assertThat(config)
 *     .route("8000")
 *     .virtualHost("httpbin.default.svc.cluster.local:8000")
 *     .routeFor(get("/get"))
 *     .hasResponseHeader("x-istiod-dev", "locally-modified");
 * }</pre>
 *
 * <p>{@link dev.pilothouse.envoy.assertj.EnvoyAssertions} is where to start, {@link
 * dev.pilothouse.envoy.assertj.EnvoySoftAssertions} collects failures instead of throwing the first
 * one. A failure says what was expected and what is there, as text and as YAML, the nearest names
 * when a name is not there, and where in the dump it looked. What cannot be decided from the
 * configuration fails, with the word "undecided".
 *
 * <p>AssertJ is an optional dependency of this module: add {@code org.assertj:assertj-core} to use
 * this package. Nothing else in the module needs it.
 */
@NullMarked
package dev.pilothouse.envoy.assertj;

import org.jspecify.annotations.NullMarked;
