package dev.pilothouse.internal;

import java.net.http.HttpClient;
import java.time.Duration;

/** The HTTP client that asks istiod. */
public final class PlainHttp {
  /**
   * One for all. On Java 17 a client cannot be closed: its thread and the connections that it keeps
   * alive, and with them files of the istiod asked, stay until a garbage collection.
   */
  public static final HttpClient CLIENT =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();

  private PlainHttp() {}
}
