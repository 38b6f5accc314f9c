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
    FilterChainEntry chain = facts.chain();
    Connection connection = facts.connection();
    return chain == null || connection == null ? Verdict.UNKNOWN : test(chain, connection);
  }

  private Verdict test(FilterChainEntry chain, Connection connection) {
    Verdict all = Verdict.YES;
    if (options.hasPresented()) {
      Verdict presented = presented(chain, connection);
      all = all.and(options.getPresented().getValue() ? presented : presented.not());
    }
    if (options.hasValidated()) {
      Verdict validated = validated(chain, connection);
      all = all.and(options.getValidated().getValue() ? validated : validated.not());
    }
    return all;
  }

  private static Verdict presented(FilterChainEntry chain, Connection connection) {
    return Verdict.of(
        chain.certificates().asked() && connection.certificate() != ClientCertificate.NONE);
  }

  private static Verdict validated(FilterChainEntry chain, Connection connection) {
    if (presented(chain, connection) == Verdict.NO || !chain.certificates().validated()) {
      return Verdict.NO;
    }
    return switch (connection.certificate()) {
      case VALID -> Verdict.YES;
      case NONE, INVALID -> Verdict.NO;
      case PRESENTED -> Verdict.UNKNOWN;
    };
  }

  @Override
  public String reason(Facts facts) {
    FilterChainEntry chain = facts.chain();
    Connection connection = facts.connection();
    if (chain == null || connection == null) {
      return "it depends on the connection's TLS";
    }
    return test(chain, connection) == Verdict.UNKNOWN
        ? "whether Envoy takes the client's certificate is not known"
        : "the client's certificate is not "
            + (presented(chain, connection) == Verdict.YES
                ? ""
                : "there, or not asked for, and so not ")
            + "as it should be: "
            + (options.hasPresented() ? "presented " + options.getPresented().getValue() : "")
            + (options.hasValidated() ? " validated " + options.getValidated().getValue() : "");
  }
}
