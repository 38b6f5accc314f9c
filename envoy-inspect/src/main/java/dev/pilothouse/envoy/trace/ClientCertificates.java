package dev.pilothouse.envoy.trace;

import dev.pilothouse.envoy.trace.Connection.ClientCertificate;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext.TrustChainVerification;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;

/**
 * What a filter chain with TLS does with the certificates of clients.
 *
 * @param asked whether it asks for one
 * @param required whether it wants one
 * @param validated whether it looks who has signed it
 * @param untrusted whether it goes on with one that it does not trust
 */
record ClientCertificates(boolean asked, boolean required, boolean validated, boolean untrusted) {
  static ClientCertificates of(DownstreamTlsContext tls) {
    CommonTlsContext common = tls.getCommonTlsContext();
    CertificateValidationContext context =
        switch (common.getValidationContextTypeCase()) {
          case VALIDATION_CONTEXT -> common.getValidationContext();
          case COMBINED_VALIDATION_CONTEXT ->
              common.getCombinedValidationContext().getDefaultValidationContext();
          default -> CertificateValidationContext.getDefaultInstance();
        };
    // What comes from SDS is taken for the usual: certificates of those who may sign.
    boolean fromSds =
        common.hasValidationContextSdsSecretConfig() || common.hasCombinedValidationContext();
    boolean validated =
        fromSds
            || context.hasTrustedCa()
            || context.hasSystemRootCerts()
            || context.hasCustomValidatorConfig()
            || context.getVerifyCertificateSpkiCount() > 0
            || context.getVerifyCertificateHashCount() > 0;
    boolean untrusted =
        context.getTrustChainVerification() == TrustChainVerification.ACCEPT_UNTRUSTED;
    // Without something to look them up in, certificates are neither asked for nor required.
    boolean required = validated && tls.getRequireClientCertificate().getValue();
    return new ClientCertificates(validated || untrusted, required, validated, untrusted);
  }

  /** Why a handshake fails; empty when it does not. */
  String refusal(ClientCertificate shown) {
    if (required && shown == ClientCertificate.NONE) {
      return "the filter chain wants a client's certificate";
    }
    return validated && !untrusted && shown == ClientCertificate.INVALID
        ? "the filter chain does not trust the client's certificate"
        : "";
  }

  /** Whether nobody can tell if a handshake fails. */
  boolean open(ClientCertificate shown) {
    return validated && !untrusted && shown == ClientCertificate.PRESENTED;
  }
}
