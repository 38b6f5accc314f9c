package dev.pilothouse.envoy.assertj;

/** How Envoy secures connections to a cluster, in the words of a DestinationRule. */
public enum TlsMode {
  /** Plain text. */
  DISABLE,
  /** TLS, without a certificate of Envoy's own. */
  SIMPLE,
  /** TLS with a certificate of Envoy's own. */
  MUTUAL,
  /** TLS with the workload's certificate from istiod: its secret is named {@code default}. */
  ISTIO_MUTUAL,
  /** It depends on the endpoint, as with automatic mutual TLS: {@code transport_socket_matches}. */
  PER_ENDPOINT
}
