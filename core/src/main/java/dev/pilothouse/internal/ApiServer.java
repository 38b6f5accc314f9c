package dev.pilothouse.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.pilothouse.failure.PilothouseException;
import io.fabric8.kubernetes.client.Client;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Plain calls to the API server with JSON in and out, over the fabric8 client's connection and
 * credentials. The client's typed calls are not used here: they put every object through a Java
 * model first, and what is applied must reach the server as it was written. Nothing is repeated, as
 * the server answers 500 to a bad manifest, too, but what it was too busy to look at.
 */
public final class ApiServer {
  /** Plain JSON. */
  public static final String JSON = "application/json";

  /** A JSON merge patch (RFC 7386). */
  public static final String MERGE_PATCH = "application/merge-patch+json";

  /** A patch that merges lists by their keys, as the API server's own kinds define them. */
  public static final String STRATEGIC_PATCH = "application/strategic-merge-patch+json";

  /** A JSON patch (RFC 6902). */
  public static final String JSON_PATCH = "application/json-patch+json";

  /** Server-side apply. */
  public static final String APPLY_PATCH = "application/apply-patch+yaml";

  private static final ObjectMapper MAPPER = JsonMapper.builder().build();
  private static final long LATE_SECONDS = 5;

  /** It has done nothing, and wants to be asked again after a second: it is just starting, say. */
  private static final int TOO_MANY_REQUESTS = 429;

  private static final int REPETITIONS = 20;
  private static final long READ_SECONDS = 15;
  private static final long CHANGE_SECONDS = 40; // webhooks may take up to 30

  /** Of one question when the time is up: an API server that is well answers in less. */
  private static final long LEAST_MILLIS = 1_000;

  private final HttpClient http;
  private final String base;

  /** Until when answers are waited for, in {@link System#nanoTime}; null for no such moment. */
  private final @Nullable Long end;

  /**
   * Calls over a client's connection.
   *
   * @param client the client; it must outlive this
   */
  public ApiServer(KubernetesClient client) {
    this.http = withoutRetries(client).getHttpClient();
    String url = client.getMasterUrl().toString();
    this.base = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    this.end = null;
  }

  private ApiServer(HttpClient http, String base, long end) {
    this.http = http;
    this.base = base;
    this.end = end;
  }

  /**
   * The same API server, for what has a deadline: no answer is waited for beyond it, but for one
   * second. It takes the place of a deadline that this one has.
   *
   * @param nanoTime the deadline, in {@link System#nanoTime}
   * @return a view of this one
   */
  public ApiServer until(long nanoTime) {
    return new ApiServer(http, base, nanoTime);
  }

  /**
   * The same, from now on.
   *
   * @param limit how long from now
   * @return a view of this one
   */
  public ApiServer within(Duration limit) {
    return until(System.nanoTime() + limit.toNanos());
  }

  /**
   * An answer of the API server, whatever its status.
   *
   * @param code the HTTP status
   * @param body the JSON; a missing node when it is none
   * @param text the body as it came
   */
  public record Answer(int code, JsonNode body, String text) {
    /**
     * Whether it succeeded.
     *
     * @return true for 2xx
     */
    public boolean ok() {
      return code / 100 == 2;
    }

    /**
     * The API server's own words.
     *
     * @return its message and the HTTP status
     */
    public String words() {
      String message = body.path("message").asText();
      return (message.isEmpty() ? text.strip() : message) + " (HTTP " + code + ")";
    }
  }

  /** No answer came: the API server is gone, or cannot be reached, or is too slow. */
  public static final class NoAnswer extends PilothouseException {
    private static final long serialVersionUID = 1L;

    NoAnswer(String tried, String cameBack, String toDo, Throwable cause) {
      super(tried, cameBack, toDo, null, cause);
    }
  }

  /**
   * Where it is.
   *
   * @return its URL, without a slash at the end
   */
  public String url() {
    return base;
  }

  /**
   * What lies at a path.
   *
   * @param path the path
   * @return the object, or null if there is no such thing
   */
  public @Nullable JsonNode find(String path) {
    Answer answer = call("GET", path, JSON, null);
    return answer.code() == 404 ? null : succeeded("reading " + path, answer);
  }

  /**
   * What lies at a path.
   *
   * @param path the path
   * @return the object
   * @throws PilothouseException if there is no such thing
   */
  public JsonNode get(String path) {
    return succeeded("reading " + path, call("GET", path, JSON, null));
  }

  /**
   * Insists on success.
   *
   * @param tried what was tried, for the message
   * @param answer the answer
   * @return its body
   * @throws PilothouseException if it is a refusal
   */
  public static JsonNode succeeded(String tried, Answer answer) {
    if (!answer.ok()) {
      throw new PilothouseException(tried, answer.words(), "", null, null);
    }
    return answer.body();
  }

  /**
   * Sends a request and waits for the answer. A request that changes something is seen to its end,
   * even if the thread is interrupted, so that its outcome is known; the flag stays set.
   *
   * @param method the HTTP method
   * @param path the path
   * @param contentType of the body
   * @param body what is sent, or null
   * @return the answer, whatever its status
   * @throws NoAnswer if none comes: to a question within 15 s, to a change within 40 s, and within
   *     the deadline that {@link #until} set
   */
  public Answer call(String method, String path, String contentType, @Nullable String body) {
    Answer answer = callOnce(method, path, contentType, body);
    for (int i = 0; i < REPETITIONS && answer.code() == TOO_MANY_REQUESTS && left() > 0; i++) {
      try {
        TimeUnit.SECONDS.sleep(1);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return answer;
      }
      answer = callOnce(method, path, contentType, body);
    }
    return answer;
  }

  private Answer callOnce(String method, String path, String contentType, @Nullable String body) {
    CompletableFuture<Answer> answer = send(method, path, contentType, body);
    try {
      try {
        return answer.get();
      } catch (InterruptedException e) {
        if (method.equals("GET")) {
          throw e;
        }
        try {
          return answer.get(LATE_SECONDS, TimeUnit.SECONDS);
        } finally {
          Thread.currentThread().interrupt();
        }
      }
    } catch (InterruptedException | TimeoutException e) {
      Thread.currentThread().interrupt();
      throw new PilothouseException(tried(), "interrupted while waiting", "", null, e);
    } catch (ExecutionException e) {
      throw failure(e.getCause() == null ? e : e.getCause());
    }
  }

  /**
   * Reads several things at once.
   *
   * @param paths where they lie
   * @return what lies there, in the order of the paths
   */
  public List<JsonNode> getAll(List<String> paths) {
    List<CompletableFuture<Answer>> calls =
        paths.stream().map(path -> send("GET", path, JSON, null)).toList();
    List<JsonNode> bodies = new ArrayList<>();
    for (int i = 0; i < paths.size(); i++) {
      try {
        bodies.add(succeeded("reading " + paths.get(i), calls.get(i).get()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new PilothouseException(tried(), "interrupted while waiting", "", null, e);
      } catch (ExecutionException e) {
        throw failure(e.getCause() == null ? e : e.getCause());
      }
    }
    return bodies;
  }

  /**
   * Watches a collection until the connection or the client ends.
   *
   * @param event called at each event, on a thread of the connection: must not block
   * @return completes when the watch has ended
   */
  public CompletableFuture<Void> watch(String collection, Runnable event) {
    return watch(collection, () -> {}, event);
  }

  /**
   * Watches a collection until the connection or the client ends. It begins with an event for each
   * object that there is.
   *
   * @param collection its path, perhaps with a selector as a query
   * @param begun called before the first event, unless the watch is refused
   * @param event called at each event, on a thread of the connection: must not block
   * @return completes when the watch has ended; cancelling it ends the watch
   */
  public CompletableFuture<Void> watch(String collection, Runnable begun, Runnable event) {
    String path = collection + (collection.contains("?") ? "&" : "?") + "watch=true";
    return stream(path, begun, bytes -> event.run());
  }

  /**
   * Reads what goes on, as a log that is followed, until the connection or the client ends.
   *
   * @param path where it lies
   * @param part gets each part that comes, on a thread of the connection: must not block long
   * @return completes when it has ended; also when it was refused, after the refusal as a part.
   *     Cancelling it ends the reading.
   */
  public CompletableFuture<Void> stream(String path, Consumer<List<ByteBuffer>> part) {
    return stream(path, () -> {}, part);
  }

  private CompletableFuture<Void> stream(
      String path, Runnable begun, Consumer<List<ByteBuffer>> part) {
    HttpRequest.Builder request = http.newHttpRequestBuilder().uri(base + path);
    CompletableFuture<Void> ended = new CompletableFuture<>();
    CompletableFuture<HttpResponse<AsyncBody>> answer =
        http.consumeBytes(
            request.forStreaming().build(),
            (bytes, body) -> {
              part.accept(bytes);
              body.consume();
            });
    var unused =
        answer.whenComplete(
            (got, failure) -> {
              if (failure == null && got.isSuccessful()) {
                begun.run();
              }
              read(got, failure, ended);
            });
    return ended;
  }

  private static void read(
      HttpResponse<AsyncBody> answer, @Nullable Throwable failure, CompletableFuture<Void> ended) {
    if (failure != null) {
      ended.completeExceptionally(failure);
      return;
    }
    AsyncBody body = answer.body();
    var unusedEnd =
        body.done()
            .whenComplete(
                (done, broken) -> {
                  if (broken == null) {
                    ended.complete(null);
                  } else {
                    ended.completeExceptionally(broken);
                  }
                });
    var unusedCancel = ended.whenComplete((done, cancelled) -> body.cancel());
    body.consume();
  }

  private CompletableFuture<Answer> send(
      String method, String path, String contentType, @Nullable String body) {
    try {
      HttpRequest.Builder request = http.newHttpRequestBuilder();
      long seconds = method.equals("GET") ? READ_SECONDS : CHANGE_SECONDS;
      long millis = Math.min(TimeUnit.SECONDS.toMillis(seconds), Math.max(left(), LEAST_MILLIS));
      request.uri(base + path).header("Accept", JSON).timeout(millis, TimeUnit.MILLISECONDS);
      if (body != null || !method.equals("GET")) {
        request.method(method, contentType, body == null ? "" : body);
      }
      return http.sendAsync(request.build(), byte[].class).thenApply(ApiServer::answer);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e); // a closed client, for one
    }
  }

  /** How many milliseconds are left until the deadline. */
  private long left() {
    return end == null ? Long.MAX_VALUE : TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
  }

  private static Answer answer(HttpResponse<byte[]> response) {
    byte[] bytes = response.body();
    String text = bytes == null ? "" : new String(bytes, UTF_8);
    return new Answer(response.code(), tree(text), text);
  }

  /** The same client, which answers a failure at once. It must not be closed. */
  private static Client withoutRetries(KubernetesClient client) {
    return client.newClient(
        new RequestConfigBuilder(client.getConfiguration().getRequestConfig())
            .withRequestRetryBackoffLimit(0)
            .build());
  }

  private String tried() {
    return "calling the API server " + base;
  }

  private PilothouseException failure(Throwable cause) {
    if (cause instanceof PilothouseException known) {
      return known;
    }
    String words = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return cause instanceof IOException
        ? new NoAnswer(tried(), words, "see whether the API server runs", cause)
        : new PilothouseException(tried(), words, "", null, cause);
  }

  private static JsonNode tree(String text) {
    try {
      return text.startsWith("{") ? MAPPER.readTree(text) : MissingNode.getInstance();
    } catch (JsonProcessingException e) {
      return MissingNode.getInstance(); // not JSON: the words are the text itself
    }
  }
}
