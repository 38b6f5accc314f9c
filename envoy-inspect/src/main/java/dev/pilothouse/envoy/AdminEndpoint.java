package dev.pilothouse.envoy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The address of an Envoy's admin interface, and plain requests to it. For typed requests see
 * {@code EnvoyAdmin}. Immutable and safe for use by several threads.
 */
public final class AdminEndpoint {
  /**
   * One client for all: on Java 17 a client cannot be closed, so one for each endpoint would leave
   * its threads behind. They are daemons, and idle connections are all they hold.
   */
  private static final class SharedClient {
    static final HttpClient CLIENT =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .proxy(HttpClient.Builder.NO_PROXY)
            .executor(Runnable::run)
            .build();
  }

  private final URI base;

  private AdminEndpoint(URI base) {
    this.base = base;
  }

  /**
   * The endpoint at an address; nothing is sent.
   *
   * @param uri as {@code http://127.0.0.1:15000}; a path in it is kept as a prefix
   * @return the endpoint
   * @throws IllegalArgumentException if it is not an absolute http or https address
   */
  public static AdminEndpoint at(URI uri) {
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (uri.getHost() == null || !(scheme.equals("http") || scheme.equals("https"))) {
      throw new IllegalArgumentException(
          "not an http address: " + SecretText.blank(uri.toString()));
    }
    String text = uri.toString();
    return new AdminEndpoint(
        URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text));
  }

  /**
   * Its address, as it was given: a password in it is shown by this alone.
   *
   * @return without a slash at the end
   */
  public URI uri() {
    return base;
  }

  /**
   * Sends a GET.
   *
   * @param pathAndQuery starts with a slash, encoded, as {@code /stats?filter=cds}
   * @param limits how large the answer may be and how long it may take
   * @return the answer, whatever its status
   * @throws EnvoyConfigException if nobody answers, or too late, or too much
   */
  public AdminReply get(String pathAndQuery, ReadLimits limits) {
    return send("GET", pathAndQuery, limits);
  }

  /**
   * Sends a POST without a body, as everything that changes Envoy wants it.
   *
   * @param pathAndQuery starts with a slash, encoded, as {@code /reset_counters}
   * @param limits how large the answer may be and how long it may take
   * @return the answer, whatever its status
   * @throws EnvoyConfigException if nobody answers, or too late, or too much
   */
  public AdminReply post(String pathAndQuery, ReadLimits limits) {
    return send("POST", pathAndQuery, limits);
  }

  private AdminReply send(String method, String pathAndQuery, ReadLimits limits) {
    URI uri = URI.create(base + pathAndQuery);
    HttpRequest request =
        HttpRequest.newBuilder(uri).method(method, HttpRequest.BodyPublishers.noBody()).build();
    String shown = SecretText.blank(uri.toString());
    CompletableFuture<HttpResponse<byte[]>> pending =
        SharedClient.CLIENT.sendAsync(
            request, info -> new BoundedBody(shown, limits, info.headers()));
    try {
      // HttpRequest.timeout ends with the headers; a body that stalls must not hang us either.
      HttpResponse<byte[]> response = pending.get(limits.timeout().toNanos(), TimeUnit.NANOSECONDS);
      return new AdminReply(
          method + " " + shown,
          response.statusCode(),
          response.headers().firstValue("content-type").orElse(""),
          response.body());
    } catch (InterruptedException e) {
      pending.cancel(true);
      Thread.currentThread().interrupt();
      throw new EnvoyConfigException(method + " " + shown, "interrupted while waiting", "", e);
    } catch (TimeoutException e) {
      pending.cancel(true);
      throw noAnswer(method, shown, limits.timeout(), e);
    } catch (ExecutionException e) {
      throw failed(method, shown, limits.timeout(), e);
    }
  }

  private static EnvoyConfigException failed(
      String method, String shown, Duration timeout, ExecutionException e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    for (Throwable t = cause; t != null; t = t.getCause()) {
      if (t instanceof EnvoyConfigException ours) {
        return ours;
      }
    }
    String tried = method + " " + shown;
    if (cause instanceof HttpTimeoutException) {
      return noAnswer(method, shown, timeout, cause);
    }
    if (cause instanceof ConnectException) {
      return new EnvoyConfigException(
          tried,
          "connection refused",
          "check that Envoy runs and that this is its admin port",
          cause);
    }
    if (cause instanceof IOException) {
      return new EnvoyConfigException(
          tried,
          "the connection broke: " + cause,
          "check that Envoy still runs and that this is its admin port",
          cause);
    }
    return new EnvoyConfigException(tried, String.valueOf(cause), "", cause);
  }

  private static EnvoyConfigException noAnswer(
      String method, String shown, Duration timeout, Throwable cause) {
    return new EnvoyConfigException(
        method + " " + shown,
        "no complete answer within " + timeout.toMillis() + " ms",
        "check that this is Envoy's admin port and that Envoy's main thread is not blocked",
        cause);
  }

  /** Its address, without a password. */
  @Override
  public String toString() {
    return SecretText.blank(base.toString());
  }
}
