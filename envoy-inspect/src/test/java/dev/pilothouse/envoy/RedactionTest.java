package dev.pilothouse.envoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.GenericSecret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsSessionTicketKeys;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Dumps from elsewhere than Envoy hold secrets; nothing that is made of them does. */
class RedactionTest {
  private static final String SECRET = "c2VjcmV0LXRvLWJlLWtlcHQ=";

  /** The messages whose fields are too plainly named; what they stand in is taken instead. */
  private static final Set<String> TAKEN_AS_A_WHOLE =
      Set.of(
          GenericSecret.getDescriptor().getName(), TlsSessionTicketKeys.getDescriptor().getName());

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'name': 's', 'tls_certificate': {'private_key': {'inline_bytes': '%s'}}}",
        "{'name': 's', 'tlsCertificate': {'privateKey': {'inlineBytes': '%s'}}}",
        "{'name': 's', 'tls_certificate': {'private_key': {'inline_string': '%s'}}}",
        "{'name': 's', 'tls_certificate': {'password': {'inline_string': '%s'}}}",
        "{'name': 's', 'tlsCertificate': {'pkcs12': {'inlineBytes': '%s'}}}",
        "{'name': 's', 'session_ticket_keys': {'keys': [{'inline_bytes': '%s'}]}}",
        "{'name': 's', 'genericSecret': {'secret': {'inlineString': '%s'}}}",
        "{'name': 's', 'generic_secret': {'secrets': {'a': {'inline_bytes': '%s'}}}}",
        "{'generic_secret': {'secret': {'inline_string': '%s'}}, 'name': 's'}",
        "{'name': 's', '\\u0067eneric_secret': {'secret': {'inline_string': '%s'}}}",
        "{'name': 's', 'tls_certificate': {'private_key_provider': {'provider_name': 'p',"
            + " 'typed_config': {'@type': 'a/b.C', 'newer': ['%s']}}}}",
      })
  void aSecretIsNowhere(String json) throws IOException {
    EnvoyConfig config =
        read("SecretsConfigDump", "static_secrets", "secret", json.formatted(SECRET));

    assertNowhere(config, SECRET);
    SecretResource secret = config.secret("s").orElseThrow();
    assertThat(secret.message(Secret.class).getName()).isEqualTo("s");
    assertThat(secret.raw().toString()).containsAnyOf("[redacted]", "W3JlZGFjdGVkXQ==");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'ssl_credentials': {'private_key': {'inline_string': '%s'}}}",
        "{'callCredentials': [{'accessToken': '%s'}]}",
        "{'call_credentials': [{'google_refresh_token': '%s'}]}",
        "{'call_credentials': [{'service_account_jwt_access': {'json_key': '%s'}}]}",
        "{'call_credentials': [{'google_iam': {'authorization_token': '%s'}}]}",
        "{'initial_metadata': [{'key': 'Authorization', 'value': '%s'}]}",
        "{'initialMetadata': [{'key': 'authorization', 'rawValue': '%s'}]}",
        "{'credentials': [{'key': '%s', 'client': 'jane'}]}",
      })
  void aTokenInTheBootstrapIsNowhere(String json) throws IOException {
    String bootstrap =
        "{'node': {'id': 'n', 'metadata': {'x': %s}}}".formatted(json.formatted(SECRET));
    EnvoyConfig config = read("BootstrapConfigDump", "", "bootstrap", bootstrap);

    assertNowhere(config, SECRET);
    assertThat(config.bootstrap().orElseThrow().message(Bootstrap.class).getNode().getId())
        .isEqualTo("n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "pass", "[redacted", "hunter2hunter2"})
  void shortSecretsToo(String secret) throws IOException {
    for (String field : List.of("inline_string", "inline_bytes")) {
      String value =
          field.equals("inline_string")
              ? secret
              : Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.UTF_8));
      String json =
          "{'name': '', 'generic_secret': {'secret': {'%s': '%s'}}}".formatted(field, value);
      EnvoyConfig config = read("SecretsConfigDump", "static_secrets", "secret", json);

      assertThat(config.raw().findValue(field).textValue()).isNotEqualTo(value);
      assertThat(config.secrets().get(0).message(Secret.class).getGenericSecret().hasSecret())
          .isTrue();
    }
  }

  @Test
  void whereASecretComesFromIsKept() {
    String json =
        "{'name': 's', 'tls_certificate': {'private_key': {'filename': '/etc/key.pem'},"
            + " 'password': {'environment_variable': 'PASSWORD'}, 'certificate_chain':"
            + " {'inline_string': 'public'}}}";

    EnvoyConfig config = read("SecretsConfigDump", "static_secrets", "secret", json);

    assertThat(config.raw().toString())
        .contains("/etc/key.pem", "PASSWORD", "public")
        .doesNotContain("redacted");
  }

  @Test
  void nothingElseIsTouched() {
    String json =
        "{'name': 's', 'route': {'cluster': 'a', 'key': {'key': 'authorization'}, 'value': 'seen'},"
            + " 'headers': [{'key': 'authorization'}, {'key': 'x', 'value': 'seen too'}],"
            + " 'metadata_key': {'key': 'authorization', 'path': [{'key': 'k'}]}, 'value': 'still',"
            + " 'token_endpoint': 'http://x', 'users_count': '7', 'credentials': {'name': 'c'}}";

    EnvoyConfig config = read("SecretsConfigDump", "static_secrets", "secret", json);

    assertThat(config.secrets().get(0).raw())
        .hasToString(json.replace('\'', '"').replace(": ", ":").replace(", ", ","));
  }

  @Test
  void whatTheApiMarksAsSensitiveIsCovered() throws Exception {
    List<FieldDescriptor> sensitive = new ArrayList<>();
    for (FileDescriptor file : apiFiles()) {
      file.getMessageTypes().forEach(message -> addSensitive(message, sensitive));
    }

    Set<String> missed = new TreeSet<>();
    for (FieldDescriptor field : sensitive) {
      if (!SecretFields.isSecret(field.getName())
          && !SecretFields.isSecret(field.getContainingType().getName())
          && !TAKEN_AS_A_WHOLE.contains(field.getContainingType().getName())
          && !field.getFullName().contains("PrivateKeyProvider")) {
        missed.add(field.getFullName());
      }
    }
    assertThat(sensitive).hasSizeGreaterThan(20);
    assertThat(missed).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "xx"})
  void aPemKeyIsNowhereWhateverHoldsIt(String before) throws Exception {
    String body = keyBody();
    String pem = before + "-----BEGIN PRIVATE KEY-----\n" + body + "-----END PRIVATE KEY-----\n";
    String base64 = Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII));
    for (String value : List.of(pem.replace("\n", "\\n"), base64)) {
      String json =
          "{'name': 's', 'typed': {'@type': 'a/b.C', 'mine': ['%s']}, 'next': 'kept'}"
              .formatted(value);
      EnvoyConfig config = read("SecretsConfigDump", "static_secrets", "secret", json);

      assertNowhere(config, value.substring(60, 100));
      assertNowhere(config, body.strip().substring(70));
      assertThat(config.raw().findValue("next").textValue()).isEqualTo("kept");
    }
  }

  @Test
  void theCertificatesBesideAKeyAreKept() throws Exception {
    String key =
        "-----BEGIN RSA PRIVATE KEY-----\n" + keyBody() + "-----END RSA PRIVATE KEY-----\n";
    String text = "first\n" + key + "second\n" + key + "third\n";
    String base64 = Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    String json =
        "{'name': 's', 'tls_certificate': {'certificate_chain': {'inline_bytes': '%s'}}}"
            .formatted(base64);

    EnvoyConfig config = read("SecretsConfigDump", "static_secrets", "secret", json);

    String kept =
        config
            .secrets()
            .get(0)
            .message(Secret.class)
            .getTlsCertificate()
            .getCertificateChain()
            .getInlineBytes()
            .toStringUtf8();
    assertThat(kept).contains("first", "second", "third", "BEGIN RSA PRIVATE KEY-----");
    assertThat(kept).hasSameSizeAs(text).doesNotContain(keyBody().strip().substring(70));
  }

  @Test
  void noMessageShowsAKey() throws Exception {
    String pem = "-----BEGIN PRIVATE KEY-----\n" + keyBody() + "-----END PRIVATE KEY-----\n";
    String start =
        "{\"configs\": [{\"@type\": \"type.googleapis.com/envoy.admin.v3.SecretsConfigDump\","
            + "\"static_secrets\": [{\"secret\": {\"tls_certificate\": {\"private_key\":";
    List<String> texts =
        List.of(
            pem,
            start + keyBody().strip(),
            start + "{\"inline_bytes\": " + SECRET + "}}}}]}]}",
            start + "{\"inline_string\": \"" + SECRET,
            start + "{\"inline_string\": \"" + SECRET + "\\q\"}}}}]}]}",
            start + "{}}}, \"last_updated\": \"" + pem.replace("\n", "\\n") + "\"}]}]}");
    for (String text : texts) {
      EnvoyConfigException fault =
          catchThrowableOfType(
              EnvoyConfigException.class,
              () -> EnvoyConfigInspector.create().read(ConfigSource.text(text)));
      StringWriter whole = new StringWriter();
      fault.printStackTrace(new PrintWriter(whole));

      assertThat(whole.toString())
          .doesNotContain(SECRET.substring(0, 8))
          .doesNotContain(keyBody().substring(0, 10));
    }
  }

  @Test
  void theBytesOfTheCallerStayAsTheyAre() {
    byte[] bytes = dump("SecretsConfigDump", "static_secrets", "secret", "{'password': 'secret'}");
    byte[] before = bytes.clone();

    EnvoyConfig config =
        new ConfigReader(ConfigSource.text(""), null).read(ConfigDump.of("x", bytes));

    assertThat(bytes).isEqualTo(before);
    assertThat(config.raw().findValue("password").textValue()).isEqualTo("******");
  }

  @Test
  void aDocumentIsReplacedAsAWhole() {
    byte[] secret = dump("SecretsConfigDump", "static_secrets", "secret", "{'password': 'secret'}");
    byte[] other = dump("ClustersConfigDump", "static_clusters", "cluster", "{'name': 'c'}");
    Document first = Document.of("first", other, null);
    Document second = Document.of("second", secret, null);

    EnvoyConfig config =
        new ConfigReader(ConfigSource.text(""), null)
            .read(new ConfigDump(List.of(first, second), List.of()));

    assertThat(config.resources()).hasSize(2);
    assertThat(config.resources())
        .allSatisfy(r -> assertThat(config.raw().at(r.pointer())).isEqualTo(r.raw()));
  }

  private void assertNowhere(EnvoyConfig config, String secret) throws IOException {
    Path file = folder.resolve("saved.json");
    config.save(file);
    StringBuilder all = new StringBuilder(Files.readString(file));
    all.append(config).append(config.raw()).append(config.raw().toPrettyString());
    for (Resource resource : config.resources()) {
      all.append(resource).append(resource.raw()).append(resource.message());
      all.append(new String(resource.message().toByteArray(), StandardCharsets.ISO_8859_1));
      all.append(resource.unknown());
    }
    String encoded = Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.US_ASCII));
    assertThat(all.toString())
        .doesNotContain(secret)
        .doesNotContain("secret-to-be-kept")
        .doesNotContain(encoded.substring(4, encoded.length() - 4));
  }

  private static String keyBody() throws Exception {
    byte[] key =
        KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPrivate().getEncoded();
    // Longer, as an RSA key is.
    byte[] longer = java.util.Arrays.copyOf(key, 200);
    return Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(longer) + "\n";
  }

  private static EnvoyConfig read(String dump, String section, String payload, String json) {
    return EnvoyConfigInspector.create()
        .read(
            ConfigSource.text(
                new String(dump(dump, section, payload, json), StandardCharsets.UTF_8)));
  }

  private static byte[] dump(String dump, String section, String payload, String json) {
    String entry = "\"" + payload + "\": " + json.replace('\'', '"');
    String entries = section.isEmpty() ? entry : "\"" + section + "\": [{" + entry + "}]";
    String text =
        "{\"configs\": [{\"@type\": \"type.googleapis.com/envoy.admin.v3."
            + dump
            + "\", "
            + entries
            + "}]}";
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void addSensitive(Descriptor message, List<FieldDescriptor> sensitive) {
    for (FieldDescriptor field : message.getFields()) {
      if (field.getOptions().getExtension(udpa.annotations.Sensitive.sensitive)) {
        sensitive.add(field);
      }
    }
    message.getNestedTypes().forEach(nested -> addSensitive(nested, sensitive));
  }

  /** Every file of the API that the library is built with. */
  private static List<FileDescriptor> apiFiles() throws Exception {
    Path jar = Path.of(Bootstrap.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    List<FileDescriptor> files = new ArrayList<>();
    try (JarFile api = new JarFile(jar.toFile())) {
      for (String name : api.stream().map(entry -> entry.getName()).toList()) {
        if (name.startsWith("io/envoyproxy/envoy/") && name.endsWith("Proto.class")) {
          Class<?> outer = Class.forName(name.replace('/', '.').replace(".class", ""));
          if (outer.getMethod("getDescriptor").invoke(null) instanceof FileDescriptor file) {
            files.add(file);
          }
        }
      }
    }
    return files;
  }
}
