package dev.pilothouse.delve;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.delve.DelveException.Kind;
import dev.pilothouse.delve.rpc.RpcConnection;
import dev.pilothouse.delve.rpc.RpcException;
import dev.pilothouse.internal.TimeLeft;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Two connections to one Delve. A call that needs the program stopped blocks its connection while
 * it runs, and all calls behind it: so halting has a connection of its own.
 */
final class Link implements AutoCloseable {
  private static final String SERVICE = "RPCServer.";
  private static final Duration ASK_AGAIN = Duration.ofMillis(250);

  private final RpcConnection work;
  private final RpcConnection control;
  private final Duration patience;
  private volatile boolean dumping;

  private Link(RpcConnection work, RpcConnection control, Duration patience) {
    this.work = work;
    this.control = control;
    this.patience = patience;
  }

  static Link open(Peer peer, Duration connecting, DelveOptions options) throws RpcException {
    RpcConnection work = connect(peer, connecting, options);
    try {
      RpcConnection control = connect(peer, connecting, options);
      return new Link(work, control, options.callPatience());
    } catch (RpcException e) {
      work.close();
      throw e;
    }
  }

  static RpcConnection connect(Peer peer, Duration connecting, DelveOptions options)
      throws RpcException {
    return RpcConnection.open(
        peer.address(), connecting, options.longestMessage(), peer.whereabouts());
  }

  /** Sends on the connection for all that may have to wait. */
  CompletableFuture<JsonNode> send(String method, JsonNode argument) {
    return work.send(SERVICE + method, argument);
  }

  /** Asks for what Delve answers at once, in whatever state the program is. */
  JsonNode control(String tried, String method, JsonNode argument) {
    return await(tried, control.send(SERVICE + method, argument), patience);
  }

  /** Asks the program to stop; the answer comes when it has. */
  CompletableFuture<JsonNode> halt() {
    return control.send(SERVICE + "Command", Requests.command("halt"));
  }

  /**
   * Whether a core dump is being written. Delve 1.27 takes a lock for good when it is asked for the
   * state meanwhile.
   */
  void dumping(boolean now) {
    dumping = now;
  }

  /**
   * What Delve says without waiting for the program to stop. Asked in the moment when it lets the
   * program go on, Delve 1.27 does wait for the next stop: it looks whether the program runs before
   * it takes its lock. Asked again it answers.
   */
  Stop stateNow(String tried) {
    if (dumping) {
      return new Stop(Requests.none());
    }
    long end = System.nanoTime() + patience.toNanos();
    CompletableFuture<JsonNode> answer = askForState();
    while (true) {
      Duration left = TimeLeft.until(end);
      try {
        boolean last = left.compareTo(ASK_AGAIN) <= 0;
        return new Stop(await(tried, answer, last ? left : ASK_AGAIN).path("State"));
      } catch (DelveException e) {
        if (e.kind() != Kind.TIMEOUT) {
          throw e;
        }
        if (TimeLeft.until(end).isZero()) {
          throw late(tried, patience, e);
        }
      }
      answer = answer.applyToEither(askForState(), first -> first);
    }
  }

  private CompletableFuture<JsonNode> askForState() {
    return control.send(SERVICE + "State", Requests.state(true));
  }

  CompletableFuture<RpcException> ended() {
    return work.ended().applyToEither(control.ended(), why -> why);
  }

  /** Waits for an answer. */
  static JsonNode await(String tried, CompletableFuture<JsonNode> answer, Duration patience) {
    try {
      return answer.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DelveException(Kind.INTERRUPTED, tried, "this thread was interrupted", "", e);
    } catch (TimeoutException e) {
      throw late(tried, patience, e);
    } catch (ExecutionException e) {
      throw failure(tried, e.getCause());
    }
  }

  private static DelveException late(String tried, Duration patience, Throwable cause) {
    return new DelveException(
        Kind.TIMEOUT,
        tried,
        "Delve did not answer within " + patience.toMillis() + " ms",
        "see DelveOptions.callPatience",
        cause);
  }

  static DelveException failure(String tried, @Nullable Throwable cause) {
    return cause instanceof RpcException rpc
        ? Refusals.of(tried, rpc)
        : new DelveException(Kind.PROTOCOL, tried, String.valueOf(cause), "", cause);
  }

  @Override
  public void close() {
    work.close();
    control.close();
  }
}
