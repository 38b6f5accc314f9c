package dev.pilothouse.cluster;

import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.toolbox.RunDirectory;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaMiscPEMGenerator;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObjectGenerator;
import org.bouncycastle.util.io.pem.PemWriter;

/**
 * The secrets of one local cluster, made afresh for each: a CA, the API server's certificate, the
 * key that signs service account tokens, and the administrator's token. The CA's own key is
 * forgotten at once.
 */
final class LocalCredentials {
  private static final X500Name CA_NAME = new X500Name("CN=pilothouse-local-cluster-ca");
  private static final X500Name SERVER_NAME = new X500Name("CN=kube-apiserver");
  private static final Duration CLOCK_SKEW = Duration.ofHours(1);
  private static final Duration VALIDITY = Duration.ofDays(3650); // a kept cluster may grow old
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int TOKEN_BYTES = 32;
  private static final int SERIAL_BITS = 127;

  private final String adminToken;
  private final String authority;
  private final String servingCertificate;
  private final String servingKey;
  private final String serviceAccountKey;
  private final String serviceAccountPublicKey;

  /** Begins to make them: for the first time in a JVM this takes most of a second. */
  static Supplier<LocalCredentials> inBackground() {
    return CompletableFuture.supplyAsync(
            LocalCredentials::new,
            task -> {
              Thread thread = new Thread(task, "pilothouse-credentials");
              thread.setDaemon(true);
              thread.start();
            })
        ::join;
  }

  LocalCredentials() {
    byte[] token = new byte[TOKEN_BYTES];
    RANDOM.nextBytes(token);
    adminToken = HexFormat.of().formatHex(token);
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
      KeyPair ca = generator.generateKeyPair();
      KeyPair server = generator.generateKeyPair();
      KeyPair serviceAccounts = generator.generateKeyPair();
      authority = pem(new JcaMiscPEMGenerator(authority(ca)));
      servingCertificate = pem(new JcaMiscPEMGenerator(serving(ca, server)));
      servingKey = pem(server.getPrivate());
      serviceAccountKey = pem(serviceAccounts.getPrivate());
      serviceAccountPublicKey = pem(new JcaMiscPEMGenerator(serviceAccounts.getPublic()));
    } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
      throw new PilothouseException(
          "making the certificates of a local cluster", e.toString(), "", null, e);
    }
  }

  /** Writes what kube-apiserver reads; gives the flags that make it do so. */
  List<String> writeFor(RunDirectory run) {
    String administrator = adminToken + ",pilothouse-admin,admin,system:masters\n";
    return List.of(
        "--token-auth-file=" + run.write("pki/tokens.csv", administrator),
        "--tls-cert-file=" + run.write("pki/apiserver.crt", servingCertificate),
        "--tls-private-key-file=" + run.write("pki/apiserver.key", servingKey),
        "--service-account-signing-key-file="
            + run.write("pki/service-account.key", serviceAccountKey),
        "--service-account-key-file="
            + run.write("pki/service-account.pub", serviceAccountPublicKey));
  }

  /** A kubeconfig for the administrator, complete in itself. */
  String kubeconfig(String clusterName, String url) {
    return """
        apiVersion: v1
        kind: Config
        clusters:
        - name: %1$s
          cluster:
            server: %2$s
            certificate-authority-data: %3$s
        users:
        - name: %1$s
          user:
            token: %4$s
        contexts:
        - name: %1$s
          context:
            cluster: %1$s
            user: %1$s
        current-context: %1$s
        """
        .formatted('"' + clusterName + '"', url, authorityData(), adminToken);
  }

  /** What the kubeconfig says; the client takes two seconds to read its first kubeconfig file. */
  Config clientConfig(String url) {
    return new ConfigBuilder(Config.empty())
        .withMasterUrl(url)
        .withCaCertData(authorityData())
        .withAutoOAuthToken(adminToken)
        .build();
  }

  private String authorityData() {
    return Base64.getEncoder().encodeToString(authority.getBytes(StandardCharsets.US_ASCII));
  }

  private static X509CertificateHolder authority(KeyPair ca)
      throws OperatorCreationException, GeneralSecurityException, CertIOException {
    return builder(CA_NAME, ca, ca)
        .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
        .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign))
        .build(signer(ca));
  }

  private static X509CertificateHolder serving(KeyPair ca, KeyPair server)
      throws OperatorCreationException, GeneralSecurityException, CertIOException {
    GeneralName[] names = {
      new GeneralName(GeneralName.iPAddress, "127.0.0.1"),
      new GeneralName(GeneralName.iPAddress, ControlPlane.KUBERNETES_SERVICE_IP),
      new GeneralName(GeneralName.dNSName, "localhost"),
      new GeneralName(GeneralName.dNSName, "kubernetes"),
      new GeneralName(GeneralName.dNSName, "kubernetes.default"),
      new GeneralName(GeneralName.dNSName, "kubernetes.default.svc"),
      new GeneralName(GeneralName.dNSName, "kubernetes.default.svc.cluster.local")
    };
    return builder(SERVER_NAME, server, ca)
        .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
        .addExtension(
            Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))
        .addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names))
        .build(signer(ca));
  }

  private static X509v3CertificateBuilder builder(X500Name subject, KeyPair keys, KeyPair ca)
      throws GeneralSecurityException, CertIOException {
    Instant now = Instant.now();
    JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
    return new JcaX509v3CertificateBuilder(
            CA_NAME,
            new BigInteger(SERIAL_BITS, RANDOM),
            Date.from(now.minus(CLOCK_SKEW)),
            Date.from(now.plus(VALIDITY)),
            subject,
            keys.getPublic())
        .addExtension(
            Extension.subjectKeyIdentifier,
            false,
            identifiers.createSubjectKeyIdentifier(keys.getPublic()))
        .addExtension(
            Extension.authorityKeyIdentifier,
            false,
            identifiers.createAuthorityKeyIdentifier(ca.getPublic()));
  }

  private static ContentSigner signer(KeyPair ca) throws OperatorCreationException {
    return new JcaContentSignerBuilder("SHA256withECDSA").build(ca.getPrivate());
  }

  private static String pem(PrivateKey key) throws IOException {
    return pem(new JcaPKCS8Generator(key, null));
  }

  private static String pem(PemObjectGenerator content) throws IOException {
    StringWriter text = new StringWriter();
    try (PemWriter writer = new PemWriter(text)) {
      writer.writeObject(content);
    }
    return text.toString();
  }
}
