package dev.pilothouse.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pilothouse.envoy.trace.Connection;
import dev.pilothouse.envoy.trace.HttpRequest;
import dev.pilothouse.envoy.trace.HttpRequest.Protocol;
import dev.pilothouse.toolbox.Toolbox;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Istio's own {@code pilot/pkg/simulation}, in a process of its own. */
final class Simulation implements AutoCloseable {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final PeerProgram program;
  private final Process process;
  private final BufferedWriter to;
  private final BufferedReader from;

  /**
   * One call.
   *
   * @param request null for a connection alone
   */
  record Call(Connection connection, @Nullable HttpRequest request) {}

  /** Where a call goes, in the simulation's words; empty where it says nothing. */
  record Result(String chain, String host, String route, String cluster, String error) {}

  /** The results of all calls, and the time that they took, for each round. */
  record Answer(List<Result> results, Samples rounds) {}

  private Simulation(PeerProgram program, Process process) {
    this.program = program;
    this.process = process;
    this.to = process.outputWriter(StandardCharsets.UTF_8);
    this.from = process.inputReader(StandardCharsets.UTF_8);
  }

  static Simulation start(Toolbox toolbox) throws IOException {
    // Without disable_pgv, with which istiod is built: what the simulation is made of checks
    // messages.
    PeerProgram program = PeerProgram.build(toolbox, "simulation", List.of("vtprotobuf"));
    try {
      return new Simulation(
          program,
          new ProcessBuilder(program.path().toString())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start());
    } catch (IOException | RuntimeException e) {
      program.close();
      throw e;
    }
  }

  /**
   * Makes calls.
   *
   * @param listeners the one that connections arrive at, then those beside it, as JSON
   * @param rounds how often all calls are made
   */
  Answer ask(List<String> listeners, List<Call> calls, int rounds) throws IOException {
    ObjectNode question = MAPPER.createObjectNode().put("Rounds", rounds);
    ArrayNode configs = question.putArray("Listeners");
    for (String listener : listeners) {
      configs.add(MAPPER.readTree(listener));
    }
    ArrayNode all = question.putArray("Calls");
    calls.forEach(call -> all.add(json(call)));
    to.write(question.toString());
    to.newLine();
    to.flush();
    String line = from.readLine();
    if (line == null) {
      throw new IOException("the simulation ended");
    }
    JsonNode answer = MAPPER.readTree(line);
    List<Result> results = new ArrayList<>();
    for (JsonNode result : answer.path("Results")) {
      results.add(
          new Result(
              result.path("Chain").asText(),
              result.path("Host").asText(),
              result.path("Route").asText(),
              result.path("Cluster").asText(),
              result.path("Error").asText()));
    }
    Samples times = new Samples();
    answer.path("Nanos").forEach(nanos -> times.add(Duration.ofNanos(nanos.asLong())));
    return new Answer(results, times);
  }

  private static ObjectNode json(Call call) {
    Connection connection = call.connection;
    ObjectNode json =
        MAPPER
            .createObjectNode()
            .put("Address", connection.destination())
            .put("Port", connection.destinationPort())
            .put("TLS", connection.encrypted())
            .put("Sni", connection.serverName())
            .put("Alpn", connection.applicationProtocols().stream().findFirst().orElse(""));
    HttpRequest request = call.request;
    if (request == null) {
      return json.put("Protocol", "tcp");
    }
    json.put("Protocol", request.protocol() == Protocol.HTTP_2 ? "http2" : "http");
    json.put("Host", request.authority()).put("Path", request.path());
    ObjectNode headers = json.putObject("Headers");
    for (HttpRequest.Header header : request.headers()) {
      headers.withArray(header.name()).add(header.value());
    }
    return json;
  }

  @Override
  public void close() throws IOException {
    try {
      process.destroyForcibly().waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      program.close();
    }
  }
}
