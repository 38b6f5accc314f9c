package dev.pilothouse.cluster;

import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.net.http.HttpTimeoutException;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * Gives the fabric8 client connections that know whether the API server's processes live. A call
 * that fails because one has died ends with that reason, at once, and not with "connection refused"
 * after some retries.
 */
final class OwnServerHttp extends JdkHttpClientFactory {
  private static final int LOOKS = 250;
  private static final long PAUSE_MILLIS = 20;

  private final Supplier<Optional<? extends RuntimeException>> death;

  /**
   * Makes the factory.
   *
   * @param death says which process has died, if one has
   */
  OwnServerHttp(Supplier<Optional<? extends RuntimeException>> death) {
    this.death = death;
  }

  @Override
  protected HttpClient.Builder createNewHttpClientBuilder() {
    HttpClient.Builder plain = super.createNewHttpClientBuilder();
    return (HttpClient.Builder)
        Proxy.newProxyInstance(
            OwnServerHttp.class.getClassLoader(),
            new Class<?>[] {HttpClient.Builder.class},
            (proxy, method, arguments) -> {
              try {
                Object result = method.invoke(plain, arguments);
                return result instanceof HttpClient client
                    ? new Client(client)
                    : result == plain ? proxy : result;
              } catch (InvocationTargetException e) {
                throw e.getCause() == null ? e : e.getCause();
              }
            });
  }

  /** Passes everything on, and explains failures. */
  private final class Client extends HttpClient {
    private final HttpClient plain;
    private volatile boolean answered;

    Client(HttpClient plain) {
      this.plain = plain;
    }

    private <T> CompletableFuture<T> explained(Supplier<CompletableFuture<T>> call) {
      Optional<? extends RuntimeException> before = death.get();
      if (before.isPresent()) {
        return CompletableFuture.failedFuture(before.get());
      }
      return call.get()
          .whenComplete((response, failure) -> answered = answered || failure == null)
          .exceptionallyCompose(failure -> explain(failure, looks(failure)));
    }

    /**
     * A connection breaks a moment before its process is seen to be dead, and a busy machine makes
     * that moment long. A server that has never answered is not up yet.
     */
    private int looks(Throwable failure) {
      Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
      return answered && !(cause instanceof HttpTimeoutException) ? LOOKS : 0;
    }

    private <T> CompletableFuture<T> explain(Throwable failure, int looks) {
      Optional<? extends RuntimeException> reason = death.get();
      if (reason.isPresent() || looks == 0) {
        return CompletableFuture.failedFuture(reason.isPresent() ? reason.get() : failure);
      }
      return CompletableFuture.supplyAsync(
              () -> looks - 1,
              CompletableFuture.delayedExecutor(PAUSE_MILLIS, TimeUnit.MILLISECONDS))
          .thenCompose(left -> explain(failure, left));
    }

    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(
        HttpRequest request, BodyHandler<T> handler) {
      return explained(() -> plain.sendAsync(request, handler));
    }

    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(
        HttpRequest request,
        BodyHandler<T> handler,
        @Nullable PushPromiseHandler<T> pushPromiseHandler) {
      return explained(() -> plain.sendAsync(request, handler, pushPromiseHandler));
    }

    @Override
    public <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler)
        throws IOException, InterruptedException {
      return plain.send(request, handler);
    }

    @Override
    public WebSocket.Builder newWebSocketBuilder() {
      return plain.newWebSocketBuilder();
    }

    @Override
    public Optional<CookieHandler> cookieHandler() {
      return plain.cookieHandler();
    }

    @Override
    public Optional<Duration> connectTimeout() {
      return plain.connectTimeout();
    }

    @Override
    public Redirect followRedirects() {
      return plain.followRedirects();
    }

    @Override
    public Optional<ProxySelector> proxy() {
      return plain.proxy();
    }

    @Override
    public SSLContext sslContext() {
      return plain.sslContext();
    }

    @Override
    public SSLParameters sslParameters() {
      return plain.sslParameters();
    }

    @Override
    public Optional<Authenticator> authenticator() {
      return plain.authenticator();
    }

    @Override
    public Version version() {
      return plain.version();
    }

    @Override
    public Optional<Executor> executor() {
      return plain.executor();
    }
  }
}
