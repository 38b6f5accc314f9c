package dev.pilothouse.envoy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.envoy.Certificate.Use;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the certificates that are written in a resource, wherever it has a place for them. */
final class CertificateFinder {
  private static final Map<String, Use> PLACES =
      Map.of(
          "certificate_chain", Use.CHAIN,
          "cert_chain", Use.CHAIN,
          "trusted_ca", Use.TRUSTED,
          "root_certs", Use.TRUSTED);
  private static final Pattern PEM =
      Pattern.compile(
          "-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----([^-]*)"
              + "-----END (?:X509 |TRUSTED )?CERTIFICATE-----");

  private final Content content;
  private final List<Certificate> found = new ArrayList<>();

  CertificateFinder(Content content) {
    this.content = content;
  }

  List<Certificate> all() {
    walk(content.json(), PointerPath.root(content.pointer()));
    return List.copyOf(found);
  }

  private void walk(JsonNode node, PointerPath at) {
    if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        walk(node.get(i), at.element(i));
      }
      return;
    }
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      Use use = PLACES.get(JsonNames.snake(field.getKey()));
      PointerPath place = at.field(field.getKey());
      if (use != null && field.getValue().isObject()) {
        decode(field.getValue(), use, place);
      } else {
        walk(field.getValue(), place);
      }
    }
  }

  /** A data source: what is in a file or a variable of Envoy's machine is not here. */
  private void decode(JsonNode source, Use use, PointerPath at) {
    for (Map.Entry<String, JsonNode> field : source.properties()) {
      String name = JsonNames.snake(field.getKey());
      if (field.getValue().isTextual() && name.startsWith("inline_")) {
        String pointer = at.field(field.getKey()).toString();
        String text = field.getValue().textValue();
        byte[] bytes =
            name.equals("inline_bytes")
                ? base64(text, pointer)
                : text.getBytes(StandardCharsets.ISO_8859_1);
        decode(bytes, use, pointer);
      }
    }
  }

  private void decode(byte[] bytes, Use use, String pointer) {
    Matcher pem = PEM.matcher(new String(bytes, StandardCharsets.ISO_8859_1));
    boolean any = false;
    while (pem.find()) {
      any = true;
      add(base64(pem.group(1).replaceAll("\\s", ""), pointer), use, pointer);
    }
    if (!any && bytes.length > 0) {
      add(bytes, use, pointer);
    }
  }

  private void add(byte[] der, Use use, String pointer) {
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      if (factory.generateCertificate(new ByteArrayInputStream(der)) instanceof X509Certificate c) {
        found.add(new Certificate(use, c, pointer));
      }
    } catch (CertificateException e) {
      throw content.fault(pointer, "it is no certificate: " + e.getMessage(), e);
    }
  }

  private byte[] base64(String text, String pointer) {
    try {
      return Base64.getDecoder().decode(text.strip());
    } catch (IllegalArgumentException e) {
      throw content.fault(pointer, "it is no base64: " + e.getMessage(), e);
    }
  }
}
