package dev.pilothouse.istiod;

import dev.pilothouse.source.IstiodBinary;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/** A running istiod. Safe for use by several threads. */
public interface Istiod extends AutoCloseable {
  /**
   * How it was asked to run.
   *
   * @return the specification
   */
  IstiodSpec spec();

  /**
   * What runs.
   *
   * @return the binary, after {@link #replaceWith} the new one
   */
  IstiodBinary binary();

  /**
   * The plaintext xDS port, loopback.
   *
   * @return the port; the same after {@link #replaceWith} and {@link #restart}
   */
  int xdsPort();

  /**
   * The TLS port for xDS and certificates, loopback.
   *
   * @return the port; the same after a restart
   */
  int secureXdsPort();

  /**
   * Where {@code /version}, {@code /metrics} and {@code /debug} answer; of a local process {@code
   * /ready} too, which a pod answers on another port.
   *
   * @return for example {@code http://127.0.0.1:23014}
   */
  URI monitoring();

  /**
   * Where its log is, while it runs.
   *
   * @return an absolute path; the file goes with {@link #close}
   */
  Path log();

  /**
   * The istiods that run behind this: the process, or one a pod. Pods that do not run yet and those
   * that are on their way out are left out.
   *
   * @return at least one, unless no pod runs
   * @throws dev.pilothouse.failure.PilothouseException if it is closed, or the cluster does not
   *     answer
   */
  List<IstiodInstance> instances();

  /**
   * Runs another binary in place of this one, with the same ports, and waits until it is ready and
   * says the new binary's version. When the new one does not become ready, the old one is started
   * again.
   *
   * @param binary the new binary
   * @param deadline how long it may take to become ready
   * @return what was done, and how long each step took
   * @throws dev.pilothouse.failure.PilothouseException if the new one does not become ready, with
   *     its log tail
   */
  Replacement replaceWith(IstiodBinary binary, Duration deadline);

  /**
   * Ends the process, or what an exit left of it, and starts it again.
   *
   * @param deadline how long it may take to become ready
   * @throws dev.pilothouse.failure.PilothouseException if it does not become ready; it is down
   *     then, and may be restarted again
   */
  void restart(Duration deadline);

  /**
   * The proxies that are connected, from {@code /debug/syncz}.
   *
   * @return one entry a connection; for an instant a proxy that has reconnected may have two
   * @throws dev.pilothouse.failure.PilothouseException if istiod does not answer
   */
  List<ProxySync> proxies();

  /**
   * Waits until a proxy is connected and a condition holds for it. It does not end early when the
   * proxy rejects a push: a later push may be accepted. To end on a rejection, ask for it: {@code
   * sync -> sync.inSync() || sync.rejected()}.
   *
   * @param proxyId {@code pod.namespace}, compared as a whole (istiod itself matches substrings)
   * @param condition for example {@code ProxySync::inSync}
   * @param deadline how long to wait
   * @return what was seen when it held
   * @throws dev.pilothouse.failure.PilothouseException on the deadline, with what was seen last; at
   *     once, if istiod exits
   */
  ProxySync await(String proxyId, Predicate<ProxySync> condition, Duration deadline);

  /**
   * The end of its log.
   *
   * @param lines how many lines at most
   * @return the last lines, oldest first
   */
  List<String> logTail(int lines);

  /** Ends it, and takes back what it registered in the cluster (webhook configurations). */
  @Override
  void close();
}
