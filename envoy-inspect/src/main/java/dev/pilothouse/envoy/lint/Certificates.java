package dev.pilothouse.envoy.lint;

import dev.pilothouse.envoy.Certificate;
import dev.pilothouse.envoy.Resource;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** Finds certificates whose time is over, has not come, or ends soon. */
final class Certificates {
  // Istio's own certificates live for a day and are renewed at half of it.
  private static final Duration SOON = Duration.ofDays(7);
  private static final int LAST_PART = 4;

  private final Instant now;
  private final Findings findings;

  Certificates(Clock clock, Findings findings) {
    this.now = clock.instant();
    this.findings = findings;
  }

  void check(Resource resource) {
    for (Certificate certificate : resource.certificates()) {
      boolean trusted = certificate.use() == Certificate.Use.TRUSTED;
      String what =
          (trusted ? "The trusted certificate " : "The certificate ") + certificate.subject();
      String then =
          trusted ? "peers that it vouches for are refused" : "peers refuse the TLS connection";
      Instant end = certificate.notAfter();
      if (end.isBefore(now)) {
        add(
            LintRule.EXPIRED_CERTIFICATE,
            Severity.ERROR,
            resource,
            certificate,
            what + " ended at " + end + ": " + then + ".");
      } else if (certificate.notBefore().isAfter(now)) {
        add(
            LintRule.EXPIRED_CERTIFICATE,
            Severity.ERROR,
            resource,
            certificate,
            what + " begins only at " + certificate.notBefore() + ": until then " + then + ".");
      } else if (endsSoon(certificate)) {
        add(
            LintRule.EXPIRING_CERTIFICATE,
            Severity.WARNING,
            resource,
            certificate,
            what + " ends at " + end + ": then " + then + ".");
      }
    }
  }

  private boolean endsSoon(Certificate certificate) {
    Duration left = Duration.between(now, certificate.notAfter());
    Duration life = Duration.between(certificate.notBefore(), certificate.notAfter());
    return left.compareTo(SOON) < 0 && left.compareTo(life.dividedBy(LAST_PART)) < 0;
  }

  private void add(
      LintRule rule, Severity severity, Resource resource, Certificate at, String message) {
    findings.add(rule, severity, resource, resource.owner().orElse(null), at.pointer(), message);
  }
}
