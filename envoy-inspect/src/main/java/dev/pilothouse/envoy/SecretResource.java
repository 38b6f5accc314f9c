package dev.pilothouse.envoy;

import dev.pilothouse.envoy.DumpScanner.Scanned;
import java.util.Locale;

/**
 * A secret, from SDS or the bootstrap. Envoy replaces private keys with {@code [redacted]} when it
 * writes a dump; in dumps from elsewhere this library does.
 */
public final class SecretResource extends Resource {
  SecretResource(Scanned found, Content content) {
    super(found, content);
  }

  /** What a secret is. */
  public enum Kind {
    /** A certificate with its private key. */
    TLS_CERTIFICATE,
    /** What peers' certificates are checked against. */
    VALIDATION_CONTEXT,
    /** Keys for session tickets. */
    SESSION_TICKET_KEYS,
    /** Any other secret. */
    GENERIC_SECRET,
    /** It has not arrived, or it is of a kind that this library does not know. */
    UNKNOWN
  }

  /**
   * What it is.
   *
   * @return the kind
   */
  public Kind kind() {
    return content()
        .view(
            Kind.class,
            json -> {
              for (Kind kind : Kind.values()) {
                if (json.has(kind.name().toLowerCase(Locale.ROOT))) {
                  return kind;
                }
              }
              return Kind.UNKNOWN;
            });
  }
}
