package dev.pilothouse.delve.rpc;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pilothouse.delve.rpc.RpcException.Reason;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One JSON-RPC connection, as Go's {@code net/rpc/jsonrpc} speaks it. Calls may be sent before
 * earlier ones are answered. Messages are parsed as they come in, each up to a limit. Safe for use
 * by several threads.
 */
public final class RpcConnection implements AutoCloseable {
  private static final int DEEPEST_NESTING = 2_000;
  private static final AtomicLong COUNT = new AtomicLong();

  private final Socket socket;
  private final OutputStream out;
  private final ObjectMapper json;
  private final LimitedInput in;
  private final Supplier<String> whereabouts;
  private final AtomicLong lastId = new AtomicLong();
  private final Map<Long, CompletableFuture<JsonNode>> waiting = new ConcurrentHashMap<>();
  private final CompletableFuture<RpcException> ended = new CompletableFuture<>();

  private RpcConnection(Socket socket, int longestMessage, Supplier<String> whereabouts)
      throws IOException {
    this.socket = socket;
    this.whereabouts = whereabouts;
    this.out = socket.getOutputStream();
    this.in = new LimitedInput(socket.getInputStream(), longestMessage);
    this.json =
        new ObjectMapper(
            JsonFactory.builder()
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .streamReadConstraints(
                    StreamReadConstraints.builder()
                        .maxStringLength(longestMessage)
                        .maxNestingDepth(DEEPEST_NESTING)
                        .build())
                .build());
  }

  /**
   * Connects.
   *
   * @param address where the server listens
   * @param patience how long connecting may take
   * @param longestMessage the longest message that is taken, in bytes
   * @param whereabouts asked when the connection has ended by itself: what has become of the server
   * @return the connection
   * @throws RpcException if nobody listens there
   */
  public static RpcConnection open(
      InetSocketAddress address,
      Duration patience,
      int longestMessage,
      Supplier<String> whereabouts)
      throws RpcException {
    Socket socket = new Socket();
    try {
      // Requests are small, and each waits for its answer.
      socket.setTcpNoDelay(true);
      socket.connect(address, (int) Math.max(1, patience.toMillis()));
      RpcConnection connection = new RpcConnection(socket, longestMessage, whereabouts);
      Thread reader =
          new Thread(connection::read, "pilothouse-delve-reader-" + COUNT.incrementAndGet());
      reader.setDaemon(true);
      reader.start();
      return connection;
    } catch (IOException e) {
      closeQuietly(socket);
      throw new RpcException(Reason.LOST, "cannot connect to " + address + ": " + e.getMessage());
    }
  }

  /**
   * Sends a call.
   *
   * @param method for example {@code RPCServer.State}
   * @param argument its one argument
   * @return the result, or an {@link RpcException}; completed by the thread that reads
   */
  public CompletableFuture<JsonNode> send(String method, JsonNode argument) {
    long id = lastId.incrementAndGet();
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    waiting.put(id, answer);
    ObjectNode request = json.createObjectNode();
    request.put("method", method).put("id", id).putArray("params").add(argument);
    try {
      byte[] bytes = json.writeValueAsBytes(request);
      synchronized (out) {
        out.write(bytes);
        out.flush();
      }
    } catch (IOException e) {
      lost("the connection has ended: " + e.getMessage());
    }
    RpcException before = ended.getNow(null);
    if (before != null) {
      waiting.remove(id);
      answer.completeExceptionally(before);
    }
    return answer;
  }

  /**
   * Completes when the connection has ended.
   *
   * @return why
   */
  public CompletableFuture<RpcException> ended() {
    return ended;
  }

  @Override
  public void close() {
    end(new RpcException(Reason.LOST, "the connection was closed"));
  }

  private void read() {
    try (JsonParser parser = json.getFactory().createParser(in)) {
      while (true) {
        in.nextMessage();
        JsonToken first = parser.nextToken();
        if (first == null) {
          lost("the other side has closed the connection");
          return;
        }
        if (first != JsonToken.START_OBJECT) {
          throw garbled("it begins with " + first);
        }
        dispatch(json.readTree(parser));
      }
    } catch (RpcException e) {
      end(e);
    } catch (JsonEOFException e) {
      lost("the other side has closed the connection within a message");
    } catch (StreamConstraintsException e) {
      end(new RpcException(Reason.TOO_LARGE, String.valueOf(e.getOriginalMessage())));
    } catch (JsonProcessingException e) {
      end(garbled(e.getOriginalMessage()));
    } catch (IOException e) {
      lost("the connection has ended: " + e.getMessage());
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      // Whatever a peer sends: those who wait must learn that no answer comes.
      end(garbled(e.toString()));
    }
  }

  private void dispatch(JsonNode message) throws RpcException {
    JsonNode id = message.path("id");
    CompletableFuture<JsonNode> answer = id.canConvertToLong() ? waiting.remove(id.asLong()) : null;
    if (answer == null) {
      throw garbled("an answer to no question of ours, id " + shorten(id.toString()));
    }
    JsonNode error = message.path("error");
    if (error.isMissingNode() || error.isNull()) {
      answer.complete(message.path("result"));
    } else {
      String text = error.isTextual() ? error.asText() : error.toString();
      answer.completeExceptionally(new RpcException(Reason.REFUSED, text));
    }
  }

  private RpcException garbled(@Nullable String what) {
    return new RpcException(
        Reason.GARBLED,
        "what came back is no JSON-RPC (" + what + "); the connection began with: " + in.start());
  }

  /** By itself: what has become of the other side may be known. */
  private void lost(String words) {
    String more = ended.isDone() ? "" : whereabouts.get();
    end(new RpcException(Reason.LOST, more.isEmpty() ? words : words + "; " + more));
  }

  private void end(RpcException why) {
    if (ended.complete(why)) {
      closeQuietly(socket);
    }
    RpcException first = ended.join();
    waiting.keySet().forEach(id -> fail(id, first));
  }

  private void fail(Long id, RpcException why) {
    CompletableFuture<JsonNode> answer = waiting.remove(id);
    if (answer != null) {
      answer.completeExceptionally(why);
    }
  }

  private static String shorten(String text) {
    return text.length() <= 80 ? text : text.substring(0, 80) + "…";
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is of no use any more, whether it says so or not.
    }
  }
}
