package dev.pilothouse.delve;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.delve.DelveException.Kind;
import dev.pilothouse.delve.rpc.RpcConnection;
import dev.pilothouse.delve.rpc.RpcException;
import dev.pilothouse.internal.Poll;
import java.time.Duration;
import java.util.Optional;

/** Finds out whether it is a Delve that listens, and one that takes several clients. */
final class Handshake {
  private Handshake() {}

  /** Connects as soon as somebody listens. */
  static Link connect(
      String tried,
      Peer peer,
      Duration patience,
      DelveOptions options,
      Optional<AttachedDelve> attached) {
    Poll.Outcome<Boolean> outcome =
        Poll.until(
            tried,
            patience,
            () -> attached.map(AttachedDelve::gone).orElse(false),
            () -> Optional.of(speaks(tried, peer, patience, options)));
    if (outcome.value() == null) {
      throw notThere(tried, patience, outcome, attached);
    }
    try {
      return Link.open(peer, patience, options);
    } catch (RpcException e) {
      throw Refusals.of(tried, e);
    }
  }

  private static boolean speaks(String tried, Peer peer, Duration patience, DelveOptions options)
      throws RpcException {
    try (RpcConnection first = Link.connect(peer, patience, options)) {
      JsonNode answer = multiclient(tried, first, options);
      if (!answer.path("IsMulticlient").asBoolean()) {
        throw new DelveException(
            Kind.ATTACH,
            tried,
            "this Delve takes one client only",
            "start it with --accept-multiclient",
            null);
      }
      return true;
    }
  }

  private static JsonNode multiclient(String tried, RpcConnection connection, DelveOptions options)
      throws RpcException {
    try {
      return Link.await(
          tried,
          connection.send("RPCServer.IsMulticlient", Requests.none()),
          options.callPatience());
    } catch (DelveException e) {
      if (e.kind() == Kind.CONNECTION) {
        // A port-forward takes connections before anybody listens behind it.
        throw new RpcException(RpcException.Reason.LOST, String.valueOf(e.getMessage()));
      }
      throw e;
    }
  }

  private static DelveException notThere(
      String tried,
      Duration patience,
      Poll.Outcome<Boolean> outcome,
      Optional<AttachedDelve> attached) {
    if (attached.isPresent()) {
      return attached.get().failure(tried, outcome.hopeless(), outcome.seenLast());
    }
    return new DelveException(
        Kind.CONNECTION,
        tried,
        "nobody listens there within " + patience.toMillis() + " ms; " + outcome.seenLast(),
        "does the program run under dlv --headless with this port?",
        outcome.lastFailure());
  }
}
