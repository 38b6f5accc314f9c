package dev.pilothouse.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The peer that knows nothing of Pilothouse, in a process of its own: asks an Envoy for its dynamic
 * routes every two milliseconds, and for each text it is given on standard input prints when that
 * text was first seen there, in microseconds since the epoch.
 */
final class Poller {
  private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  private Poller() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    HttpClient client = HttpClient.newHttpClient();
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create(arguments[0] + "/config_dump?resource=dynamic_route_configs"))
            .build();
    BufferedReader texts =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String text = texts.readLine(); text != null; text = texts.readLine()) {
      long next = System.nanoTime();
      while (!client.send(request, BodyHandlers.ofString()).body().contains(text)) {
        next += INTERVAL_NANOS;
        LockSupport.parkNanos(Math.max(0, next - System.nanoTime()));
      }
      System.out.println(ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()));
      System.out.flush();
    }
  }
}
