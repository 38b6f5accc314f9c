package dev.pilothouse.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.pilothouse.toolbox.RunDirectory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalCredentialsTest {
  @TempDir Path folder;

  @Test
  void theServersCertificateIsTheAuthoritysAndForLoopback() throws Exception {
    try (RunDirectory run = RunDirectory.open(folder.resolve("runs"), "test")) {
      LocalCredentials credentials = new LocalCredentials();
      credentials.writeFor(run);
      JsonNode kubeconfig = new YAMLMapper().readTree(credentials.kubeconfig("a", "https://b"));

      String authority = kubeconfig.at("/clusters/0/cluster/certificate-authority-data").asText();
      X509Certificate ca = certificate(Base64.getDecoder().decode(authority));
      X509Certificate serving =
          certificate(Files.readAllBytes(run.path().resolve("pki/apiserver.crt")));
      serving.verify(ca.getPublicKey());
      assertThat(ca.getBasicConstraints()).isZero();
      assertThat(serving.getSubjectAlternativeNames())
          .extracting(name -> String.valueOf(name.get(1)))
          .contains("127.0.0.1", "localhost", "kubernetes.default.svc");
    }
  }

  @Test
  void secretsAreTheOwnersAloneAndNewEachTime() throws IOException {
    try (RunDirectory one = RunDirectory.open(folder.resolve("runs"), "one");
        RunDirectory two = RunDirectory.open(folder.resolve("runs"), "two")) {
      LocalCredentials first = new LocalCredentials();
      LocalCredentials second = new LocalCredentials();
      first.writeFor(one);
      second.writeFor(two);

      assertThat(first.kubeconfig("a", "https://b"))
          .isNotEqualTo(second.kubeconfig("a", "https://b"));
      for (Path file : files(one.path().resolve("pki"))) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .as(file.toString())
            .isEqualTo("rw-------");
        assertThat(Files.readString(file))
            .isNotEqualTo(Files.readString(two.path().resolve("pki").resolve(file.getFileName())));
      }
    }
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    }
  }

  private static X509Certificate certificate(byte[] pem) throws GeneralSecurityException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(pem));
  }
}
