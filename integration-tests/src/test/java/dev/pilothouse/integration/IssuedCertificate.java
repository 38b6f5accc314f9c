package dev.pilothouse.integration;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A workload's certificate, as istiod would issue it.
 *
 * @param certificate in PEM
 * @param key in PEM
 */
record IssuedCertificate(String certificate, String key) {
  /**
   * Issues one by istiod's own authority.
   *
   * @param authority the authority's certificate in PEM
   * @param authorityKey its key in PEM
   * @param identity as {@code spiffe://cluster.local/ns/default/sa/client}
   */
  static IssuedCertificate by(String authority, String authorityKey, String identity)
      throws IOException, GeneralSecurityException, OperatorCreationException {
    X509CertificateHolder issuer = (X509CertificateHolder) parse(authority);
    PrivateKey signer =
        new JcaPEMKeyConverter().getKeyPair((PEMKeyPair) parse(authorityKey)).getPrivate();
    KeyPair own = KeyPairGenerator.getInstance("RSA").generateKeyPair();
    Instant now = Instant.now();
    GeneralNames names =
        new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, identity));
    X509CertificateHolder certificate =
        new JcaX509v3CertificateBuilder(
                issuer.getSubject(),
                BigInteger.valueOf(now.toEpochMilli()),
                Date.from(now.minus(Duration.ofMinutes(5))),
                Date.from(now.plus(Duration.ofHours(1))),
                new X500Name(""),
                own.getPublic())
            .addExtension(Extension.subjectAlternativeName, true, names)
            .build(new JcaContentSignerBuilder("SHA256withRSA").build(signer));
    return new IssuedCertificate(
        pem(certificate), pem(new JcaPKCS8Generator(own.getPrivate(), null)));
  }

  private static Object parse(String pem) throws IOException {
    try (PEMParser parser = new PEMParser(new StringReader(pem))) {
      return parser.readObject();
    }
  }

  private static String pem(Object object) throws IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(object);
    }
    return text.toString();
  }
}
