package dev.pilothouse.envoy.admin;

import com.google.protobuf.Timestamp;
import io.envoyproxy.envoy.admin.v3.SubjectAlternateName;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The certificates of one TLS context.
 *
 * @param authorities what peers are checked against
 * @param chain the own certificate, first, and those above it; one for each kind of key
 */
public record CertificateStatus(List<Certificate> authorities, List<Certificate> chain) {
  /** Copies the lists. */
  public CertificateStatus {
    authorities = List.copyOf(authorities);
    chain = List.copyOf(chain);
  }

  /**
   * A certificate.
   *
   * @param path the file that it is from; {@code <inline>} for one from SDS or the bootstrap
   * @param serialNumber its serial number, in hexadecimal
   * @param subjectAltNames its subject alternative names: DNS names, URIs, IP addresses
   * @param validFrom from when it is valid, or null when Envoy does not say
   * @param validUntil until when it is valid, or null when Envoy does not say
   * @param daysUntilExpiration whole days left; 0 on the last one and after it
   */
  public record Certificate(
      String path,
      String serialNumber,
      List<String> subjectAltNames,
      @Nullable Instant validFrom,
      @Nullable Instant validUntil,
      long daysUntilExpiration) {
    /** Copies the list. */
    public Certificate {
      subjectAltNames = List.copyOf(subjectAltNames);
    }
  }

  static CertificateStatus of(io.envoyproxy.envoy.admin.v3.Certificate certificate) {
    return new CertificateStatus(
        certificate.getCaCertList().stream().map(CertificateStatus::details).toList(),
        certificate.getCertChainList().stream().map(CertificateStatus::details).toList());
  }

  private static Certificate details(io.envoyproxy.envoy.admin.v3.CertificateDetails details) {
    return new Certificate(
        details.getPath(),
        details.getSerialNumber(),
        details.getSubjectAltNamesList().stream().map(CertificateStatus::name).toList(),
        details.hasValidFrom() ? instant(details.getValidFrom()) : null,
        details.hasExpirationTime() ? instant(details.getExpirationTime()) : null,
        details.getDaysUntilExpiration());
  }

  private static String name(SubjectAlternateName name) {
    return switch (name.getNameCase()) {
      case DNS -> name.getDns();
      case URI -> name.getUri();
      case IP_ADDRESS -> name.getIpAddress();
      case NAME_NOT_SET -> "";
    };
  }

  private static Instant instant(Timestamp time) {
    return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
  }
}
