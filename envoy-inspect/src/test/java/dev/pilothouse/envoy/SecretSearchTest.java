package dev.pilothouse.envoy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A large document is searched in pieces; no secret may get lost between two of them. */
class SecretSearchTest {
  private static final List<String> TEXTS =
      List.of(
          "https://u:Hunter2@h/p",
          "say Bearer Hunter2-Hunter3, and",
          "password: Hunter2,",
          ",client_secret=Hunter2",
          "\\\",password=\\\"Hunter2\\\",",
          "eyJhbGciOiJIUzI1NiJ9.eyJzdWI.Hunter2",
          "-----BEGIN PRIVATE KEY-----\\nHunter2\\n\\\",\\n-----END PRIVATE KEY-----",
          "outbound|8000||httpbin.default.svc.cluster.local",
          ", ",
          "");

  @Test
  void findsInPiecesWhatItFindsInTheWhole() throws IOException {
    Random random = new Random(1);
    for (int round = 0; round < 5; round++) {
      StringBuilder json = new StringBuilder("[");
      while (json.length() < 1_500_000) {
        json.append('"').append(TEXTS.get(random.nextInt(TEXTS.size()))).append("\",");
        json.append(random.nextInt(5) == 0 ? "\n  " : "");
      }
      byte[] text = json.append("\"\"]").toString().getBytes(StandardCharsets.UTF_8);
      byte[] expected = SecretText.blank(text);

      SecretSearch search = SecretSearch.of(text);

      assertThat(search.stream().readAllBytes()).isEqualTo(expected);
      assertThat(search.bytes()).isEqualTo(expected);
      assertThat(new String(expected, StandardCharsets.UTF_8)).doesNotContain("Hunter2");
    }
  }

  @Test
  void oneLongStringStaysWhole() throws IOException {
    String body = "aGVsbG8K\\n".repeat(100_000);
    String json =
        "[\"x\",\"-----BEGIN PRIVATE KEY-----" + body + "-----END PRIVATE KEY-----\",\"y\"]";

    SecretSearch search = SecretSearch.of(json.getBytes(StandardCharsets.UTF_8));

    assertThat(new String(search.stream().readAllBytes(), StandardCharsets.UTF_8))
        .doesNotContain("aGVsbG8K")
        .endsWith("PRIVATE KEY-----\",\"y\"]");
  }

  @Test
  void whereThereIsNothingTheTextIsTheSame() throws IOException {
    for (String json : List.of("", "{}", "[" + "\"a\",".repeat(200_000) + "1]")) {
      byte[] text = json.getBytes(StandardCharsets.UTF_8);
      SecretSearch search = SecretSearch.of(text);

      assertThat(search.bytes()).isSameAs(text);
      assertThat(search.stream().readAllBytes()).isEqualTo(text);
    }
  }
}
