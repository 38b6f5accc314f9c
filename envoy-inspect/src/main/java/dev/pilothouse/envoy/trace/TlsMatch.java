package dev.pilothouse.envoy.trace;

import dev.pilothouse.envoy.trace.Connection.ClientCertificate;
import io.envoyproxy.envoy.config.route.v3.RouteMatch.TlsContextMatchOptions;

/** A condition on the client's certificate. */
final class TlsMatch implements Condition {
  private final TlsContextMatchOptions options;

  TlsMatch(TlsContextMatchOptions options) {
    this.options = options;
  }

  @Override
  public Verdict test(Facts facts) {
    Verdict all = Verdict.YES;
    if (options.hasPresented()) {
      Verdict presented = presented(facts);
      all = all.and(options.getPresented().getValue() ? presented : presented.not());
    }
    if (options.hasValidated()) {
      Verdict validated = validated(facts);
      all = all.and(options.getValidated().getValue() ? validated : validated.not());
    }
    return all;
  }

  private static Verdict presented(Facts facts) {
    return Verdict.of(
        facts.chain().asksForCertificate()
            && facts.connection().certificate() != ClientCertificate.NONE);
  }

  private static Verdict validated(Facts facts) {
    if (presented(facts) == Verdict.NO || !facts.chain().validatesCertificate()) {
      return Verdict.NO;
    }
    return facts.connection().certificate() == ClientCertificate.VALID
        ? Verdict.YES
        : Verdict.UNKNOWN;
  }

  @Override
  public String reason(Facts facts) {
    return test(facts) == Verdict.UNKNOWN
        ? "whether Envoy takes the client's certificate is not known"
        : "the client's certificate is not "
            + (presented(facts) == Verdict.YES ? "" : "there, or not asked for, and so not ")
            + "as it should be: "
            + (options.hasPresented() ? "presented " + options.getPresented().getValue() : "")
            + (options.hasValidated() ? " validated " + options.getValidated().getValue() : "");
  }
}
