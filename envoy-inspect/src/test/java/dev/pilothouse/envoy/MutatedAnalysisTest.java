package dev.pilothouse.envoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pilothouse.envoy.diff.EnvoyDiff;
import dev.pilothouse.envoy.lint.EnvoyLint;
import dev.pilothouse.envoy.table.EnvoyTables;
import dev.pilothouse.envoy.trace.Connection;
import dev.pilothouse.envoy.trace.HttpRequest;
import dev.pilothouse.envoy.trace.RequestTracer;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Real dumps in which fields are lost, doubled or of another type, but the JSON is whole: whatever
 * is asked of one gives an answer or an {@link EnvoyConfigException} that is short.
 */
class MutatedAnalysisTest {
  private static final int ROUNDS = 420;
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final List<JsonNode> ODD =
      List.of(
          NODES.nullNode(),
          NODES.numberNode(-1),
          NODES.numberNode(0.5),
          NODES.numberNode(new BigInteger("99999999999999999999999999")),
          NODES.numberNode(new BigDecimal("1e400")),
          NODES.booleanNode(true),
          NODES.objectNode(),
          NODES.arrayNode(),
          NODES.textNode(""),
          NODES.textNode("\u0000"),
          NODES.textNode("*"),
          NODES.textNode("("),
          NODES.textNode("-5s"),
          NODES.textNode("999999999999999999s"),
          NODES.textNode("999.999.1.1/99"),
          NODES.textNode("outbound|99999999999||x"),
          NODES.textNode("NO_SUCH_ENUM"));
  private static final List<Connection> CONNECTIONS =
      List.of(
          Connection.to("127.41.232.1", 8000).from("10.0.0.1", 1),
          Connection.to("127.0.0.1", 80).from("127.0.0.1", 3).tls("a.example", "h2"),
          Connection.outbound("10.96.19.141", 8000),
          Connection.inbound("10.1.0.1", 80));
  private static final HttpRequest REQUEST =
      HttpRequest.get("http://httpbin:8000/get").header("x-user", "jane");

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void nothingButTheOneError() throws IOException {
    int answered = 0;
    int refused = 0;
    List<String> dumps = Stream.concat(Dumps.ALL.stream(), Dumps.LISTS.stream()).toList();
    for (int round = 0; round < ROUNDS; round++) {
      String dump = dumps.get(round % dumps.size());
      Random random = new Random(round);
      JsonNode mutant = Json.MAPPER.readTree(Dumps.text(dump));
      for (int i = random.nextInt(4); i >= 0; i--) {
        mutate(mutant, random);
      }
      try {
        EnvoyConfig config =
            EnvoyConfigInspector.create().read(ConfigSource.text(mutant.toString()));
        for (Supplier<?> question : questions(config, Dumps.read(dump))) {
          try {
            assertThat(question.get()).isNotNull();
            answered++;
          } catch (EnvoyConfigException e) {
            refused++;
            assertThat(e.getMessage()).hasSizeLessThan(3_000);
          }
        }
      } catch (EnvoyConfigException e) {
        refused++;
      } catch (RuntimeException | StackOverflowError e) {
        fail("round " + round + " of " + dump, e);
      }
    }
    // Else the mutations are too weak, or too strong, to show anything.
    assertThat(answered).isGreaterThan(ROUNDS);
    assertThat(refused).isGreaterThan(ROUNDS / 10);
  }

  private static List<Supplier<?>> questions(EnvoyConfig config, EnvoyConfig before) {
    EnvoyTables tables = EnvoyTables.of(config);
    return List.of(
        tables::table,
        () -> tables.all().summary().table(80),
        () -> tables.search("a").table(),
        tables::yaml,
        () -> EnvoyLint.create().check(config).table(),
        () -> EnvoyDiff.between(before, config).table(),
        () -> EnvoyDiff.between(config, before).table(),
        () -> trace(config),
        () -> traceFromHosts(config));
  }

  private static Object trace(EnvoyConfig config) {
    RequestTracer tracer = RequestTracer.of(config);
    CONNECTIONS.forEach(connection -> tracer.trace(connection, REQUEST).explain());
    return tracer.coverage(List.of()).table();
  }

  private static Object traceFromHosts(EnvoyConfig config) {
    RequestTracer tracer = RequestTracer.of(config);
    for (RouteResource routes : config.routeConfigurations()) {
      routes.virtualHosts().forEach(host -> tracer.trace(routes, host, REQUEST).explain());
    }
    return tracer;
  }

  private static void mutate(JsonNode root, Random random) {
    List<JsonNode> containers = new ArrayList<>();
    collect(root, containers);
    JsonNode chosen = containers.get(random.nextInt(containers.size()));
    JsonNode other = containers.get(random.nextInt(containers.size()));
    if (chosen instanceof ObjectNode object && !object.isEmpty()) {
      List<String> names = new ArrayList<>();
      object.fieldNames().forEachRemaining(names::add);
      String name = names.get(random.nextInt(names.size()));
      switch (random.nextInt(5)) {
        case 0 -> object.remove(name);
        case 1 -> object.set("no_such_" + name, object.get(name));
        case 2 -> object.set(name, small(other));
        default -> object.set(name, odd(random));
      }
    } else if (chosen instanceof ArrayNode array) {
      switch (random.nextInt(4)) {
        case 0 -> array.removeAll();
        case 1 -> array.add(array.isEmpty() ? odd(random) : array.get(0).deepCopy());
        case 2 -> array.insert(0, odd(random));
        default -> array.add(small(other));
      }
    }
  }

  private static JsonNode odd(Random random) {
    return ODD.get(random.nextInt(ODD.size())).deepCopy();
  }

  private static JsonNode small(JsonNode node) {
    return node.toString().length() < 20_000 ? node.deepCopy() : NODES.objectNode();
  }

  private static void collect(JsonNode node, List<JsonNode> into) {
    if (node.isContainerNode()) {
      into.add(node);
      node.forEach(child -> collect(child, into));
    }
  }
}
