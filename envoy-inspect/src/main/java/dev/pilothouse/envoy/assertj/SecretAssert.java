package dev.pilothouse.envoy.assertj;

import dev.pilothouse.envoy.Certificate;
import dev.pilothouse.envoy.Certificate.Use;
import dev.pilothouse.envoy.SecretResource;
import dev.pilothouse.envoy.SecretResource.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Assertions on a secret and the certificates in it.
 *
 * <pre>{@code
 * assertThat(config).secret("default")
 *     .hasKind(SecretResource.Kind.TLS_CERTIFICATE)
 *     .isValid()
 *     .hasSan("spiffe://cluster.local/ns/default/sa/httpbin");
 * }</pre>
 */
public class SecretAssert extends AbstractResourceAssert<SecretAssert, SecretResource> {
  static final String KIND = "secret";

  /**
   * For AssertJ's proxies; use {@link EnvoyAssertions}.
   *
   * @param actual the secret
   */
  public SecretAssert(@Nullable SecretResource actual) {
    super(actual, SecretAssert.class, KIND);
  }

  /**
   * Verifies what it is.
   *
   * <pre>{@code
   * assertThat(config).secret("ROOTCA").hasKind(Kind.VALIDATION_CONTEXT);  // passes
   * assertThat(config).secret("ROOTCA").hasKind(Kind.TLS_CERTIFICATE);
   * // fails: it is a validation_context
   * }</pre>
   *
   * @param expected the kind
   * @return this
   */
  public SecretAssert hasKind(Kind expected) {
    return verify(
        () -> {
          if (actual.kind() != expected) {
            throw differs(
                "to be a " + text(expected),
                "it is a " + text(actual.kind()),
                Yaml.field("kind", text(actual.kind())),
                Yaml.field("kind", text(expected)));
          }
        });
  }

  /**
   * Verifies that all its certificates are valid now, by their dates.
   *
   * <pre>{@code
   * assertThat(config).secret("default").isValid();  // passes
   * assertThat(config).secret("expired").isValid();  // fails: … until 2025-01-01T00:00:00Z
   * }</pre>
   *
   * @return this; a secret without a certificate is a failure
   */
  public SecretAssert isValid() {
    return isValidAt(Instant.now());
  }

  /**
   * Verifies that all its certificates are valid now, and will be for a while.
   *
   * <pre>{@code
   * assertThat(config).secret("default").isValidFor(Duration.ofHours(1));   // passes
   * assertThat(config).secret("default").isValidFor(Duration.ofDays(365));  // fails: … until …
   * }</pre>
   *
   * @param left how long they must last
   * @return this; a secret without a certificate is a failure
   */
  public SecretAssert isValidFor(Duration left) {
    Instant now = Instant.now();
    return isValidAt(now).isValidAt(now.plus(left));
  }

  /**
   * Verifies that all its certificates are valid at a moment, by their dates.
   *
   * <pre>{@code
   * secret.isValidAt(Instant.parse("2026-12-01T00:00:00Z"));  // passes
   * secret.isValidAt(Instant.parse("2099-12-01T00:00:00Z"));  // fails: … until …
   * }</pre>
   *
   * @param moment the moment
   * @return this; a secret without a certificate is a failure
   */
  public SecretAssert isValidAt(Instant moment) {
    return verify(
        () -> {
          String wanted = "to hold certificates that are valid at " + moment;
          List<Certificate> invalid =
              certificates(wanted).stream().filter(c -> !c.validAt(moment)).toList();
          if (!invalid.isEmpty()) {
            StringBuilder text = new StringBuilder("these are not:");
            invalid.forEach(
                c -> text.append("\n  ").append(c).append(" from ").append(c.notBefore()));
            throw failed(wanted, text.toString());
          }
        });
  }

  /**
   * Verifies whom its certificate is for: the first of the chain, or any of those that are trusted.
   *
   * <pre>{@code
   * secret.hasSan("spiffe://cluster.local/ns/default/sa/httpbin");  // passes
   * secret.hasSan("spiffe://cluster.local/ns/default/sa/client");
   * // fails: it is for URI:spiffe://cluster.local/ns/default/sa/httpbin
   * }</pre>
   *
   * @param name a subject alternative name, with its kind as {@code URI:…} or without
   * @return this; a secret without a certificate is a failure
   */
  public SecretAssert hasSan(String name) {
    return verify(
        () -> {
          String wanted = "to be for the subject alternative name " + name;
          List<Certificate> all = certificates(wanted);
          boolean chain = all.get(0).use() == Use.CHAIN;
          List<String> there =
              all.stream()
                  .limit(chain ? 1 : all.size())
                  .flatMap(certificate -> certificate.subjectAltNames().stream())
                  .toList();
          if (there.stream()
              .noneMatch(n -> n.equals(name) || n.substring(n.indexOf(':') + 1).equals(name))) {
            throw differs(
                wanted,
                "it is for " + (there.isEmpty() ? "none" : String.join(", ", there)),
                there,
                List.of(name));
          }
        });
  }

  private List<Certificate> certificates(String wanted) {
    List<Certificate> all = actual.certificates();
    if (all.isEmpty()) {
      throw failed(
          wanted,
          "it holds no certificate: it is a %s, and %s"
              .formatted(text(actual.kind()), actual.state().name().toLowerCase(Locale.ROOT)));
    }
    return all;
  }

  private static String text(Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }
}
