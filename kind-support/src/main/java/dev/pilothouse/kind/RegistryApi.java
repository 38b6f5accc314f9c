package dev.pilothouse.kind;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.cloud.tools.jib.api.Credential;
import com.google.cloud.tools.jib.api.ImageReference;
import com.google.cloud.tools.jib.api.InvalidImageReferenceException;
import com.google.cloud.tools.jib.frontend.CredentialRetrieverFactory;
import com.google.cloud.tools.jib.registry.credentials.CredentialRetrievalException;
import java.io.IOException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One repository of a registry, by the HTTP API of the OCI's distribution specification: what
 * neither Docker nor Jib has a call for. Safe for use by several threads.
 */
final class RegistryApi {
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final String MANIFESTS =
      "application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json";
  private static final Pattern BEARER_FIELD = Pattern.compile("(realm|service|scope)=\"([^\"]*)\"");
  private static final int OK = 200;
  private static final int UNAUTHORIZED = 401;
  private static final int NOT_FOUND = 404;

  private final ObjectMapper json = new ObjectMapper();
  private final HttpClient http =
      HttpClient.newBuilder()
          .proxy(ProxySelector.getDefault())
          .followRedirects(HttpClient.Redirect.NORMAL)
          .connectTimeout(PATIENCE)
          .build();
  private final ImageReference name;
  private final String root;

  private RegistryApi(ImageReference name) {
    this.name = name;
    String scheme = RegistryTarget.isLoopback(name) ? "http" : "https";
    this.root = scheme + "://" + name.getRegistry() + "/v2/" + name.getRepository();
  }

  /** The repository that an image belongs to. */
  static RegistryApi of(String reference) {
    try {
      return new RegistryApi(ImageReference.parse(reference));
    } catch (InvalidImageReferenceException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /** The digest of what a tag or a digest names; empty if there is no such image. */
  Optional<String> digest(String qualifier) throws IOException, InterruptedException {
    HttpResponse<String> answer = call("HEAD", "/manifests/" + qualifier);
    if (answer.statusCode() == NOT_FOUND) {
      return Optional.empty();
    }
    return succeeded(answer).headers().firstValue("Docker-Content-Digest");
  }

  /** The manifest of what a tag or a digest names; empty if there is no such image. */
  Optional<JsonNode> manifest(String qualifier) throws IOException, InterruptedException {
    return document("/manifests/" + qualifier);
  }

  /** A layer or configuration that is JSON. */
  Optional<JsonNode> blob(String digest) throws IOException, InterruptedException {
    return document("/blobs/" + digest);
  }

  private Optional<JsonNode> document(String path) throws IOException, InterruptedException {
    HttpResponse<String> answer = call("GET", path);
    return answer.statusCode() == NOT_FOUND
        ? Optional.empty()
        : Optional.of(json.readTree(succeeded(answer).body()));
  }

  /**
   * Deletes a manifest, and a tag of it where the registry leaves that behind.
   *
   * @param tag a tag that it had; null for none
   * @throws IOException if the registry does not let us, with its words
   */
  void delete(String digest, @Nullable String tag) throws IOException, InterruptedException {
    boolean tagged = tag != null && digest.equals(digest(tag).orElse(""));
    HttpResponse<String> answer = call("DELETE", "/manifests/" + digest);
    if (answer.statusCode() != NOT_FOUND) {
      succeeded(answer);
    }
    if (tagged && digest.equals(digest(String.valueOf(tag)).orElse(""))) {
      succeeded(call("DELETE", "/manifests/" + tag));
    }
  }

  private static HttpResponse<String> succeeded(HttpResponse<String> answer) throws IOException {
    if (answer.statusCode() / 100 != 2) {
      String said = answer.body() == null ? "" : answer.body().strip();
      throw new IOException(
          "%s %s: HTTP %d%s"
              .formatted(
                  answer.request().method(),
                  answer.uri(),
                  answer.statusCode(),
                  said.isEmpty() ? "" : ": " + said));
    }
    return answer;
  }

  private HttpResponse<String> call(String method, String path)
      throws IOException, InterruptedException {
    HttpResponse<String> answer = send(method, path, null);
    if (answer.statusCode() != UNAUTHORIZED) {
      return answer;
    }
    String challenge = answer.headers().firstValue("WWW-Authenticate").orElse("");
    String authorization = authorization(challenge);
    return authorization == null ? answer : send(method, path, authorization);
  }

  private HttpResponse<String> send(String method, String path, @Nullable String authorization)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(root + path))
            .timeout(PATIENCE)
            .method(method, BodyPublishers.noBody())
            .header("Accept", path.startsWith("/manifests/") ? MANIFESTS : "*/*");
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    return http.send(request.build(), BodyHandlers.ofString());
  }

  /** What a registry's challenge asks for, with the credentials of Docker's configuration. */
  private @Nullable String authorization(String challenge)
      throws IOException, InterruptedException {
    Optional<Credential> credential = credential();
    String basic =
        credential
            .map(known -> known.getUsername() + ":" + known.getPassword())
            .map(text -> Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)))
            .map(text -> "Basic " + text)
            .orElse(null);
    if (!challenge.regionMatches(true, 0, "Bearer", 0, "Bearer".length())) {
      return basic;
    }
    StringBuilder query = new StringBuilder();
    String realm = "";
    Matcher field = BEARER_FIELD.matcher(challenge);
    while (field.find()) {
      if (field.group(1).equals("realm")) {
        realm = field.group(2);
      } else {
        String value = URLEncoder.encode(field.group(2), StandardCharsets.UTF_8);
        query.append(query.isEmpty() ? "?" : "&").append(field.group(1)).append("=").append(value);
      }
    }
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(realm + query)).timeout(PATIENCE);
    if (basic != null) {
      request.header("Authorization", basic);
    }
    HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
    if (answer.statusCode() != OK) {
      return null; // The refusal of the call itself says more.
    }
    JsonNode token = json.readTree(answer.body());
    return "Bearer " + token.path("token").asText(token.path("access_token").asText());
  }

  private Optional<Credential> credential() throws IOException {
    try {
      return CredentialRetrieverFactory.forImage(name, event -> {}).dockerConfig().retrieve();
    } catch (CredentialRetrievalException e) {
      throw new IOException("Docker's configuration gives no credentials: " + e.getMessage(), e);
    }
  }
}
