package dev.pilothouse.console;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What istiod logs, live. Entries wait until they are taken; each is given out once, in the order
 * in which they were read (of one replica: the order in which it wrote them).
 *
 * <pre>{@code
 * try (LogStream log = console.followLog(line -> true)) {
 *   cluster.apply(badFilter);
 *   XdsEvent.Rejection nack =
 *       log.await(XdsEvent.Rejection.class, n -> n.proxyId().equals("client.default"), deadline);
 *   System.out.println(nack.reason());
 * }
 * }</pre>
 *
 * <p>One thread reads the logs; it is a daemon and ends with {@link #close}. At most 100,000
 * entries wait; then the oldest go, and {@link #dropped} counts them. Safe for use by several
 * threads.
 */
public interface LogStream extends AutoCloseable {
  /**
   * Takes the next entry, waiting for one.
   *
   * @param deadline how long to wait at most
   * @return the entry, or empty when none came in time
   * @throws dev.pilothouse.failure.PilothouseException if the thread is interrupted, this is closed
   *     or the log cannot be read
   */
  Optional<LogEntry> next(Duration deadline);

  /**
   * Takes what waits.
   *
   * @return the entries, oldest first; maybe none
   */
  List<LogEntry> drain();

  /**
   * Takes entries until one is as wanted; those before it are gone.
   *
   * @param wanted the condition
   * @param deadline how long to wait at most
   * @return the first entry that is as wanted
   * @throws dev.pilothouse.failure.PilothouseException if none came in time, with the last entries
   *     that were seen
   */
  LogEntry await(Predicate<LogLine> wanted, Duration deadline);

  /**
   * Takes entries until one tells of an event that is as wanted; those before it are gone.
   *
   * @param <E> the kind of event
   * @param kind as {@code XdsEvent.Push.class}
   * @param wanted the condition
   * @param deadline how long to wait at most
   * @return the first event that is as wanted
   * @throws dev.pilothouse.failure.PilothouseException if none came in time, with the last entries
   *     that were seen
   */
  <E extends XdsEvent> E await(Class<E> kind, Predicate<E> wanted, Duration deadline);

  /**
   * How many entries were thrown away because nobody took them.
   *
   * @return the number
   */
  long dropped();

  /** Ends the reading. Does nothing the second time. */
  @Override
  void close();
}
