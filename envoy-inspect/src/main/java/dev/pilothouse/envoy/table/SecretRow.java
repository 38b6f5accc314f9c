package dev.pilothouse.envoy.table;

import dev.pilothouse.envoy.Certificate;
import dev.pilothouse.envoy.EnvoyConfigException;
import dev.pilothouse.envoy.SecretResource;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A secret, or one certificate of it.
 *
 * @param secret the secret
 * @param certificate its certificate; null when it has none that can be read
 * @param fault why its certificates cannot be read; empty when they can
 */
record SecretRow(SecretResource secret, @Nullable Certificate certificate, String fault) {
  private static final String SPIFFE = "URI:spiffe://";

  static final List<Column<SecretRow>> COLUMNS =
      List.of(
          new Column<>("RESOURCE NAME", row -> row.secret.name()),
          new Column<>("TYPE", SecretRow::type),
          new Column<>("STATUS", row -> row.secret.state().name()),
          of("VALID CERT", certificate -> "" + certificate.validAt(Instant.now())),
          of("SERIAL NUMBER", SecretRow::serialNumber),
          of("NOT AFTER", certificate -> certificate.notAfter().toString()),
          of("NOT BEFORE", certificate -> certificate.notBefore().toString()),
          of("TRUST DOMAIN", SecretRow::trustDomain),
          of("NAMES", SecretRow::names),
          new Column<>("FAULT", SecretRow::fault));

  /** One for each certificate, or for the secret alone. */
  static List<SecretRow> of(SecretResource secret) {
    try {
      List<Certificate> certificates = secret.certificates();
      return certificates.isEmpty()
          ? List.of(new SecretRow(secret, null, ""))
          : certificates.stream().map(each -> new SecretRow(secret, each, "")).toList();
    } catch (EnvoyConfigException e) {
      // A table of ten secrets must not fail because one of them is broken.
      return List.of(new SecretRow(secret, null, String.valueOf(e.getMessage())));
    }
  }

  private static Column<SecretRow> of(String name, Function<Certificate, String> cell) {
    return new Column<>(name, row -> row.certificate == null ? "" : cell.apply(row.certificate));
  }

  private String type() {
    if (certificate == null) {
      return secret.kind().name();
    }
    return certificate.authority() ? "CA" : "Cert Chain";
  }

  /** As istioctl writes it: 128 bits. */
  private static String serialNumber(Certificate certificate) {
    String digits = certificate.serialNumber();
    return "0".repeat(Math.max(0, 32 - digits.length())) + digits;
  }

  private static String trustDomain(Certificate certificate) {
    for (String name : certificate.subjectAltNames()) {
      if (name.startsWith(SPIFFE)) {
        return name.substring(SPIFFE.length()).replaceFirst("/.*", "");
      }
    }
    return "";
  }

  private static String names(Certificate certificate) {
    List<String> names = certificate.subjectAltNames();
    return names.isEmpty() ? certificate.subject() : String.join(", ", names);
  }
}
