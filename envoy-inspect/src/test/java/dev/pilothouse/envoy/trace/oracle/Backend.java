package dev.pilothouse.envoy.trace.oracle;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Servers behind Envoy, each an endpoint. They keep what they get, by the id that the request says,
 * and answer as its headers ask: {@code x-status}, and {@code x-reply-NAME} for a header NAME.
 */
final class Backend implements AutoCloseable {
  static final int SERVERS = 6;
  static final String ID = "x-oracle-id";
  static final String STATUS = "x-status";
  static final String REPLY = "x-reply-";
  static final String BODY = "backend";

  /**
   * What a server got.
   *
   * @param headers names in lower case
   */
  record Hit(int port, String path, Map<String, List<String>> headers) {
    String header(String name) {
      return String.join(",", headers.getOrDefault(name, List.of()));
    }
  }

  private final List<HttpServer> servers = new ArrayList<>();
  private final Map<String, List<Hit>> hits = new ConcurrentHashMap<>();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "oracle-backend");
            thread.setDaemon(true);
            return thread;
          });

  static Backend start() throws IOException {
    Backend backend = new Backend();
    for (int i = 0; i < SERVERS; i++) {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext("/", backend::answer);
      server.setExecutor(backend.threads);
      server.start();
      backend.servers.add(server);
    }
    return backend;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      Map<String, List<String>> headers = new HashMap<>();
      exchange
          .getRequestHeaders()
          .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values));
      int port = exchange.getLocalAddress().getPort();
      Hit hit = new Hit(port, exchange.getRequestURI().toString(), headers);
      // Known before the answer is, so that who has the answer sees it.
      hits.computeIfAbsent(hit.header(ID), id -> new CopyOnWriteArrayList<>()).add(hit);
      headers.forEach(
          (name, values) -> {
            if (name.startsWith(REPLY)) {
              exchange.getResponseHeaders().put(name.substring(REPLY.length()), values);
            }
          });
      String status = hit.header(STATUS);
      byte[] body = BODY.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
      exchange.sendResponseHeaders(status.isEmpty() ? 200 : Integer.parseInt(status), body.length);
      exchange.getResponseBody().write(body);
    }
  }

  int port(int server) {
    return servers.get(server).getAddress().getPort();
  }

  /** Replaces {@code @PORT0@} and so on. */
  String withPorts(String json) {
    String made = json;
    for (int i = 0; i < SERVERS; i++) {
      made = made.replace("@PORT" + i + "@", "" + port(i));
    }
    return made;
  }

  /** What came with an id, in the order of its arrival. */
  List<Hit> hits(String id) {
    return List.copyOf(hits.getOrDefault(id, List.of()));
  }

  @Override
  public void close() {
    servers.forEach(server -> server.stop(0));
    threads.shutdownNow();
  }
}
