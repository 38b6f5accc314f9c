package dev.pilothouse.workload;

import dev.pilothouse.internal.Poll;
import dev.pilothouse.internal.Poll.NotYet;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Sends a request again and again until the answer is as wanted.
 *
 * @param sender sends it once
 * @param hopeless whether asking again would not help after this failure
 */
record ReplyWait(Function<HttpCall, HttpReply> sender, Predicate<NoReplyException> hopeless) {
  private static final int EXCERPT = 200;

  HttpReply await(String from, HttpCall call, Predicate<HttpReply> wanted, Duration deadline) {
    String tried = "waiting for the wanted answer to " + call + " from " + from;
    return Poll.require(tried, deadline, () -> once(call, wanted));
  }

  private Optional<HttpReply> once(HttpCall call, Predicate<HttpReply> wanted) throws NotYet {
    HttpReply reply;
    try {
      reply = sender.apply(call);
    } catch (NoReplyException e) {
      if (hopeless.test(e)) {
        throw e;
      }
      throw new NotYet(String.valueOf(e.getMessage()));
    }
    try {
      if (wanted.test(reply)) {
        return Optional.of(reply);
      }
    } catch (RuntimeException | AssertionError e) {
      throw new NotYet(describe(reply) + ": " + e);
    }
    throw new NotYet(describe(reply));
  }

  private static String describe(HttpReply reply) {
    String body = reply.body().strip();
    return "HTTP "
        + reply.status()
        + " "
        + reply.headers()
        + " "
        + (body.length() > EXCERPT ? body.substring(0, EXCERPT) + "…" : body);
  }
}
