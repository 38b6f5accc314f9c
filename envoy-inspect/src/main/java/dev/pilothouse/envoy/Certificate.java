package dev.pilothouse.envoy;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;

/**
 * A certificate in a resource, decoded.
 *
 * <pre>{@code
 * Certificate leaf = config.secret("default").orElseThrow().certificates().get(0);
 * leaf.subjectAltNames(); // [URI:spiffe://cluster.local/ns/default/sa/httpbin]
 * leaf.validAt(Instant.now());
 * }</pre>
 *
 * @param use what it is there for
 * @param x509 the certificate itself
 * @param pointer the JSON pointer to the text that it was decoded from; a chain's certificates have
 *     the same
 */
public record Certificate(Use use, X509Certificate x509, String pointer) {
  /** What a certificate is there for. */
  public enum Use {
    /** It is shown to peers, or belongs to the chain of the one that is: the leaf comes first. */
    CHAIN,
    /** Peers' certificates are checked against it. */
    TRUSTED
  }

  /**
   * Whom it is for.
   *
   * @return the distinguished name in the form of RFC 2253; empty in the certificates of Istio's
   *     workloads, whose identity is in {@link #subjectAltNames()}
   */
  public String subject() {
    return x509.getSubjectX500Principal().getName();
  }

  /**
   * Who issued it.
   *
   * @return the distinguished name in the form of RFC 2253
   */
  public String issuer() {
    return x509.getIssuerX500Principal().getName();
  }

  /**
   * Its serial number.
   *
   * @return in lower-case hexadecimal, two digits for each byte, as Envoy's {@code /certs} writes
   *     it
   */
  public String serialNumber() {
    String digits = x509.getSerialNumber().toString(16);
    return digits.length() % 2 == 0 ? digits : "0" + digits;
  }

  /**
   * From when on it is valid.
   *
   * @return the first moment
   */
  public Instant notBefore() {
    return x509.getNotBefore().toInstant();
  }

  /**
   * Until when it is valid.
   *
   * @return the last moment
   */
  public Instant notAfter() {
    return x509.getNotAfter().toInstant();
  }

  /**
   * Whether it is valid at a moment, by its dates alone.
   *
   * @param moment the moment, as {@code Instant.now()}
   * @return false before and after its time
   */
  public boolean validAt(Instant moment) {
    return !moment.isBefore(notBefore()) && !moment.isAfter(notAfter());
  }

  /**
   * Whether it may issue others.
   *
   * @return true for the certificate of an authority
   */
  public boolean authority() {
    return x509.getBasicConstraints() >= 0;
  }

  /**
   * The names that it is for.
   *
   * @return each with its kind, as {@code URI:spiffe://…}, {@code DNS:example.com}, {@code
   *     IP:10.0.0.1}, {@code EMAIL:…}; other kinds by their number
   * @throws EnvoyConfigException if they cannot be decoded
   */
  public List<String> subjectAltNames() {
    try {
      Collection<List<?>> names = x509.getSubjectAlternativeNames();
      return names == null ? List.of() : names.stream().map(Certificate::altName).toList();
    } catch (CertificateParsingException e) {
      throw fault("its alternative names cannot be decoded", e);
    }
  }

  /**
   * Its SHA-256 fingerprint.
   *
   * @return 64 lower-case hexadecimal digits
   */
  public String sha256() {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(x509.getEncoded());
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException | CertificateEncodingException e) {
      throw fault("it cannot be encoded", e);
    }
  }

  /** One line: its use, names and end. */
  @Override
  public String toString() {
    String names = subjectAltNames().isEmpty() ? subject() : String.join(", ", subjectAltNames());
    return "Certificate["
        + (use == Use.CHAIN ? "" : "trusted, ")
        + (names.isEmpty() ? "no name" : names)
        + ", serial "
        + serialNumber()
        + ", until "
        + notAfter()
        + "]";
  }

  private EnvoyConfigException fault(String found, Exception cause) {
    return new EnvoyConfigException("reading the certificate at " + pointer, found, "", cause);
  }

  private static String altName(List<?> name) {
    String kind =
        switch ((Integer) name.get(0)) {
          case 1 -> "EMAIL";
          case 2 -> "DNS";
          case 6 -> "URI";
          case 7 -> "IP";
          default -> String.valueOf(name.get(0));
        };
    Object value = name.get(1);
    return kind
        + ":"
        + (value instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : String.valueOf(value));
  }
}
