package dev.pilothouse.istiod;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.pilothouse.internal.ApiServer;
import dev.pilothouse.internal.PlainHttp;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What istiod answers over plain HTTP. */
final class AdminApi {
  /** How istiod is reached. */
  interface Door {
    String get(String path) throws IOException, InterruptedException;
  }

  /** A paused istiod takes connections and does not answer. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final Pattern BUILD_TAG = Pattern.compile("istio_build\\{[^}]*tag=\"([^\"]*)\"");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Door door;

  AdminApi(Door door) {
    this.door = door;
  }

  AdminApi(URI address) {
    this(path -> get(address.resolve(path)));
  }

  /** A port of a pod, through the API server's proxy. Istiod gives no {@code /debug} to it. */
  static AdminApi ofPod(ApiServer server, JsonNode pod, int port) {
    JsonNode metadata = pod.path("metadata");
    String proxy =
        "/api/v1/namespaces/%s/pods/%s:%d/proxy"
            .formatted(metadata.path("namespace").asText(), metadata.path("name").asText(), port);
    return new AdminApi(path -> get(server, proxy + path));
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

  /** What to do about an istiod that takes connections and does not answer. */
  static String advice(IOException e, boolean underDelve) {
    return underDelve && e instanceof HttpTimeoutException
        ? "does it stand still at a breakpoint? Let it go on, by DelveSession.resume or in the IDE"
        : "";
  }

  private String get(String path) throws IOException, InterruptedException {
    return door.get(path);
  }

  private static String get(URI uri) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(uri).timeout(PATIENCE).build();
    HttpResponse<String> answer =
        PlainHttp.CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      String body = answer.body().strip();
      throw new IOException(
          uri.getPath() + " answers " + answer.statusCode() + (body.isEmpty() ? "" : ": " + body));
    }
    return answer.body();
  }

  private static String get(ApiServer server, String path) throws IOException {
    ApiServer.Answer answer = server.call("GET", path, ApiServer.JSON, null);
    if (!answer.ok()) {
      throw new IOException(path + ": " + answer.words());
    }
    return answer.text();
  }
}
