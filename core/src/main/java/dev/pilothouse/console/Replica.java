package dev.pilothouse.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.PlainHttp;
import dev.pilothouse.istiod.IstiodInstance;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One istiod, asked over plain HTTP. */
final class Replica {
  /** A paused istiod takes connections and does not answer; a large dump takes a while. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final int EXCERPT = 300;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final IstiodInstance instance;

  Replica(IstiodInstance instance) {
    this.instance = instance;
  }

  String name() {
    return instance.name();
  }

  URI monitoring() {
    return instance.monitoring();
  }

  Path log() {
    return instance.log();
  }

  /** Escapes a value of a query. */
  static String escaped(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  /** What the monitoring port answers. */
  String text(String path) {
    return get(instance.monitoring().resolve(path));
  }

  /** What the monitoring port answers, as JSON. */
  JsonNode json(String path) {
    return tree(path, text(path));
  }

  /** What ControlZ answers, as JSON. */
  JsonNode controlZ(String path) {
    return tree(path, get(instance.controlZ().resolve(path)));
  }

  /** Sends JSON to ControlZ. */
  void putControlZ(String path, JsonNode body) {
    URI uri = instance.controlZ().resolve(path);
    send(
        HttpRequest.newBuilder(uri)
            .timeout(PATIENCE)
            .PUT(BodyPublishers.ofString(body.toString()))
            .build());
  }

  /** Begins to fetch what the monitoring port answers into a file. */
  CompletableFuture<HttpResponse<Path>> download(String path, Path file, Duration patience) {
    return PlainHttp.CLIENT.sendAsync(
        HttpRequest.newBuilder(instance.monitoring().resolve(path))
            .timeout(patience.plus(PATIENCE))
            .build(),
        BodyHandlers.ofFile(file));
  }

  PilothouseException failure(String path, String cameBack, @Nullable Throwable cause) {
    return new PilothouseException(
        "asking istiod " + name() + " for " + path, cameBack, "", instance.log(), cause);
  }

  private String get(URI uri) {
    return send(HttpRequest.newBuilder(uri).timeout(PATIENCE).build());
  }

  private String send(HttpRequest request) {
    String tried = "asking istiod " + name() + " for " + request.uri().getPath();
    HttpResponse<String> answer;
    try {
      answer = PlainHttp.CLIENT.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      String words = e.getMessage() == null ? e.toString() : e.getMessage();
      throw new PilothouseException(
          tried,
          "no answer from " + request.uri() + ": " + words,
          "see whether it runs, and whether a debugger holds it",
          instance.log(),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PilothouseException(tried, "this thread was interrupted", "", null, e);
    }
    if (answer.statusCode() / 100 != 2) {
      throw new PilothouseException(
          tried,
          "HTTP " + answer.statusCode() + ": " + excerpt(answer.body()),
          "",
          instance.log(),
          null);
    }
    return answer.body();
  }

  private JsonNode tree(String path, String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw failure(path, "it is no JSON: " + excerpt(text), e);
    }
  }

  private static String excerpt(String text) {
    String stripped = text.strip();
    return stripped.length() <= EXCERPT ? stripped : stripped.substring(0, EXCERPT) + " …";
  }
}
