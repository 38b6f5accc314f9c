package dev.pilothouse.console;

import dev.pilothouse.istiod.Istiod;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * All that a running istiod tells about itself. Several replicas are one console: pods of an istiod
 * in a cluster, or several istiods that run as processes beside one cluster.
 *
 * <pre>{@code
 * IstiodConsole console = IstiodConsole.of(mesh.istiod());
 * System.out.println(ProxyStatus.table(console.proxyStatus()));
 *
 * Metrics before = console.metrics();
 * try (LogScopeChange verbose = console.setLogLevels(Map.of("delta", "debug"));
 *     LogStream log = console.followLog(line -> line.matches("Push|xds"))) {
 *   cluster.apply(rule);
 *   log.await(XdsEvent.Push.class, push -> push.type().equals("RDS"), Duration.ofSeconds(10));
 * }
 * System.out.println(console.metrics().since(before).table());
 * }</pre>
 *
 * <p>It holds nothing open but the connections, and asks anew each time: replicas that come are
 * asked, those that go are not. When one replica does not answer, the question fails and names it.
 * Safe for use by several threads. Every question can be interrupted; the thread's flag stays set.
 *
 * <p>Each method throws a {@link dev.pilothouse.failure.PilothouseException} when istiod does not
 * answer, or answers something else than it should. Checked against Istio 1.31.
 */
public interface IstiodConsole {
  /**
   * The console of an istiod.
   *
   * @param istiod the istiod; it must outlive the console
   * @param more further istiods of the same mesh, each with a name of its own
   * @return the console; nothing is asked yet
   */
  static IstiodConsole of(Istiod istiod, Istiod... more) {
    return LiveConsole.of(istiod, more);
  }

  /**
   * The replicas that run now.
   *
   * @return names of processes ({@code IstiodSpec.name}) or pods
   */
  List<String> replicas();

  /**
   * The same console for one replica.
   *
   * @param replica one of {@link #replicas}; looked for at each question
   * @return a console
   */
  IstiodConsole only(String replica);

  /**
   * The builds that the replicas run, and their flags.
   *
   * @return one entry a replica
   */
  List<IstiodBuild> builds();

  /**
   * How far each connected proxy has followed, over all replicas: what {@code istioctl
   * proxy-status} tells, and nonces, ages and the reasons of rejections. See {@link
   * ProxyStatus#table}.
   *
   * @return one entry a connection, by proxy
   */
  List<ProxyStatus> proxyStatus();

  /**
   * How far one proxy has followed.
   *
   * @param proxyId {@code pod.namespace}, compared as a whole
   * @return its newest connection
   * @throws dev.pilothouse.failure.PilothouseException if it is connected to none of the replicas,
   *     with the names that come near
   */
  ProxyStatus proxyStatus(String proxyId);

  /**
   * The debug endpoints.
   *
   * @return them
   */
  IstiodDebug debug();

  /**
   * Makes each replica push everything to its proxies, as {@code /debug/adsz?push=true} does. It
   * returns when the push has begun.
   *
   * @return how many connections are pushed to
   */
  int push();

  /**
   * The metrics of all replicas. Each sample has the label {@code replica} beside its own, so
   * {@link Metrics#value(String)} is the sum of the replicas, of gauges too.
   *
   * @return the metrics of now; {@link Metrics#since} makes deltas of two of them
   */
  Metrics metrics();

  /**
   * The log scopes.
   *
   * @return one entry a scope and replica, by scope
   */
  List<LogScope> logScopes();

  /**
   * Sets the levels of log scopes on all replicas that run now. Closing what comes back sets them
   * as they were:
   *
   * <pre>{@code
   * try (LogScopeChange verbose = console.setLogLevels(Map.of("ads", "debug"))) { … }
   * }</pre>
   *
   * @param levels scope to level: {@code debug}, {@code info}, {@code warn}, {@code error} or
   *     {@code none}; the scope {@code all} stands for every scope that is not named
   * @return closes to the levels of before
   * @throws IllegalArgumentException if a level is none, which istiod itself would take in silence
   * @throws dev.pilothouse.failure.PilothouseException if a scope is unknown, with the nearest
   *     names; nothing is changed then. If a replica does not take a level, what was set is set
   *     back.
   */
  LogScopeChange setLogLevels(Map<String, String> levels);

  /**
   * What the replicas have logged since they started.
   *
   * @param filter which entries, as {@code line -> line.matches("Push|xds")}
   * @return the entries, by time
   */
  List<LogEntry> log(Predicate<LogLine> filter);

  /**
   * Follows what the replicas log from now on, those of replicas that come later included.
   *
   * @param filter which entries, as {@code line -> line.matches("Push|xds")}
   * @return the entries as they come; the caller closes it
   */
  LogStream followLog(Predicate<LogLine> filter);

  /**
   * Measures where the processor time goes, of all replicas at once.
   *
   * @param length how long, at least one second
   * @param directory where to write; made if missing
   * @return one file a replica, {@code NAME-cpu.pprof}, for {@code go tool pprof}; mode 0600
   */
  List<Path> cpuProfile(Duration length, Path directory);

  /**
   * Writes a profile of now.
   *
   * @param profile which one
   * @param directory where to write; made if missing
   * @return one file a replica, as {@code NAME-heap.pprof}, for {@code go tool pprof}; mode 0600
   */
  List<Path> profile(Profile profile, Path directory);

  /** What can be profiled at once; CPU time takes a while, see {@link #cpuProfile}. */
  enum Profile {
    /** What is alive in memory, after a garbage collection. */
    HEAP,
    /** What was allocated since the start. */
    ALLOCS,
    /** What the goroutines do. */
    GOROUTINE,
    /** Where goroutines waited for each other. */
    BLOCK,
    /** Who held locks that others waited for. */
    MUTEX
  }
}
