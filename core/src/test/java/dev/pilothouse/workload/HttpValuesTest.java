package dev.pilothouse.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpValuesTest {
  @Test
  void aCallChangesInOnePartAtATime() {
    HttpCall call =
        HttpCall.get("http://a:8000/b")
            .withMethod("POST")
            .withHeader("x", "1")
            .withHeader("x", "2")
            .withBody("text")
            .withDeadline(Duration.ofSeconds(1));

    assertThat(call)
        .isEqualTo(
            new HttpCall(
                "POST",
                URI.create("http://a:8000/b"),
                Map.of("x", "2"),
                "text",
                Duration.ofSeconds(1)));
    assertThat(call).hasToString("POST http://a:8000/b");
  }

  @Test
  void aCallWithoutAPortMeans80() {
    assertThat(HttpCall.get("http://a/b").port()).isEqualTo(80);
    assertThat(HttpCall.get("http://a:8000/b").port()).isEqualTo(8000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://a/", "/a", "a:80", "http:///a", "ftp://a/"})
  void aCallIsToAnHttpAddress(String url) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HttpCall.get(url))
        .withMessageContaining(url);
  }

  @Test
  void aReplysHeadersAreFoundInAnyCase() {
    HttpReply reply =
        new HttpReply(200, Map.of("set-cookie", List.of("a=1", "b=2")), "", Duration.ZERO);

    assertThat(reply.header("Set-Cookie")).contains("a=1");
    assertThat(reply.header("cookie")).isEmpty();
  }

  @Test
  void aHeaderIsReplacedInAnyCase() {
    HttpCall call = HttpCall.get("http://a/").withHeader("X-A", "1").withHeader("x-a", "2");

    assertThat(call.headers()).containsExactly(entry("x-a", "2"));
  }

  @Test
  void whatHttpDoesNotAllowIsRefused() {
    HttpCall call = HttpCall.get("http://a/");

    assertThatThrownBy(() -> call.withHeader("x-a", "1\r\nx-b: 2"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("value of header x-a");
    assertThatThrownBy(() -> call.withHeader("x a", "1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("name of a header: \"x a\"");
    assertThatThrownBy(() -> call.withMethod("GET /"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("method: \"GET /\"");
  }
}
