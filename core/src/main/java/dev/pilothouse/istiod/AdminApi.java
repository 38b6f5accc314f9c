package dev.pilothouse.istiod;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What istiod answers over plain HTTP. Connections are kept alive. */
final class AdminApi {
  /** A paused istiod takes connections and does not answer. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final Pattern BUILD_TAG = Pattern.compile("istio_build\\{[^}]*tag=\"([^\"]*)\"");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http;
  private final URI address;

  AdminApi(URI address) {
    this(client(), address);
  }

  /** One client, which has a thread, for several addresses. */
  AdminApi(HttpClient http, URI address) {
    this.http = http;
    this.address = address;
  }

  static HttpClient client() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(Duration.ofSeconds(1))
        .build();
  }

  URI address() {
    return address;
  }

  boolean ready() throws IOException, InterruptedException {
    get("/ready");
    return true;
  }

  /** Version, revision and status, joined by dashes. */
  String version() throws IOException, InterruptedException {
    return get("/version").strip();
  }

  /** The build's tag, which {@code /version} does not tell. */
  String buildTag() throws IOException, InterruptedException {
    Matcher tag = BUILD_TAG.matcher(get("/metrics"));
    return tag.find() ? tag.group(1) : "";
  }

  JsonNode meshConfig() throws IOException, InterruptedException {
    return JSON.readTree(get("/debug/mesh"));
  }

  List<ProxySync> proxies() throws IOException, InterruptedException {
    return Syncz.read(get("/debug/syncz"));
  }

  private String get(String path) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(address.resolve(path)).timeout(PATIENCE).build();
    HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      String body = answer.body().strip();
      throw new IOException(
          path + " answers " + answer.statusCode() + (body.isEmpty() ? "" : ": " + body));
    }
    return answer.body();
  }
}
