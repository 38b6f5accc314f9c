package dev.pilothouse.envoy.lint;

/** Finds names of secrets that are not there. */
final class DanglingSecrets implements PartCheck {
  private static final String SDS = "envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig";

  private final Facts facts;
  private final Findings findings;

  DanglingSecrets(Facts facts, Findings findings) {
    this.facts = facts;
    this.findings = findings;
  }

  @Override
  public void check(Part part) {
    if (!part.is(SDS)) {
      return;
    }
    String name = part.text("name");
    if (!facts.isEnvoys()) {
      findings.undecided(
          LintRule.DANGLING_SECRET, "the dump is not Envoy's own, which alone has secrets", name);
    }
    boolean lacks =
        part.has("sds_config") ? facts.lacksSecret(name) : facts.lacksStaticSecret(name);
    if (lacks) {
      findings.error(
          LintRule.DANGLING_SECRET,
          part,
          "There is no secret "
              + name
              + ": what warms waits for it; of what is active every TLS connection fails.");
    }
  }
}
