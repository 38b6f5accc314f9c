package dev.pilothouse.integration;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A certificate that is valid for an hour.
 *
 * @param certificate in PEM
 * @param key in PEM
 */
record TestCertificate(String certificate, String key) {
  /**
   * A workload's, as istiod would issue it.
   *
   * @param authority the certificate of istiod's own authority in PEM
   * @param authorityKey its key in PEM
   * @param identity as {@code spiffe://cluster.local/ns/default/sa/client}
   */
  static TestCertificate issuedBy(String authority, String authorityKey, String identity)
      throws IOException, GeneralSecurityException, OperatorCreationException {
    X509CertificateHolder issuer = (X509CertificateHolder) parse(authority);
    PrivateKey signer =
        new JcaPEMKeyConverter().getKeyPair((PEMKeyPair) parse(authorityKey)).getPrivate();
    KeyPair own = KeyPairGenerator.getInstance("RSA").generateKeyPair();
    GeneralName name = new GeneralName(GeneralName.uniformResourceIdentifier, identity);
    return make(issuer.getSubject(), signer, new X500Name(""), own, name);
  }

  /** One of a host that vouches for itself. */
  static TestCertificate selfSigned(String host)
      throws IOException, GeneralSecurityException, OperatorCreationException {
    KeyPair own = KeyPairGenerator.getInstance("RSA").generateKeyPair();
    X500Name subject = new X500Name("CN=" + host);
    GeneralName name = new GeneralName(GeneralName.dNSName, host);
    return make(subject, own.getPrivate(), subject, own, name);
  }

  private static TestCertificate make(
      X500Name issuer, PrivateKey signer, X500Name subject, KeyPair own, GeneralName name)
      throws IOException, OperatorCreationException {
    Instant now = Instant.now();
    X509CertificateHolder certificate =
        new JcaX509v3CertificateBuilder(
                issuer,
                BigInteger.valueOf(now.toEpochMilli()),
                Date.from(now.minus(Duration.ofMinutes(5))),
                Date.from(now.plus(Duration.ofHours(1))),
                subject,
                own.getPublic())
            .addExtension(Extension.subjectAlternativeName, true, new GeneralNames(name))
            .build(new JcaContentSignerBuilder("SHA256withRSA").build(signer));
    return new TestCertificate(
        pem(certificate), pem(new JcaPKCS8Generator(own.getPrivate(), null)));
  }

  /** The subject that a TLS server shows for a host, if it is this certificate that it has. */
  String subjectAt(String host, InetSocketAddress address)
      throws IOException, GeneralSecurityException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry(
        "own",
        new JcaX509CertificateConverter()
            .getCertificate((X509CertificateHolder) parse(certificate)));
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    try (Socket plain = new Socket(address.getAddress(), address.getPort());
        SSLSocket socket =
            (SSLSocket)
                context.getSocketFactory().createSocket(plain, host, address.getPort(), true)) {
      socket.startHandshake();
      return socket.getSession().getPeerPrincipal().getName();
    }
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
